"""The pages of records and of topics."""

from __future__ import annotations

import json
from typing import Any

from docs.generating.markdown import code, page, table
from schemas.catalogue import RECORDS
from schemas.channels import CHANNELS, Channel
from schemas.codec import MAX_RECORD_BYTES
from schemas.jsonschema import json_schema
from streams.contracts import described
from streams.settings import TopicSettings

Schema = dict[str, Any]

_RECORDS_LEAD = f"""\
Values are JSON objects in UTF-8 of at most {MAX_RECORD_BYTES:,} bytes. Fields that are not needed
may be left out; fields that are not known are ignored. `greenlane schema NAME` prints the JSON
Schema of a record, with `--format` its Avro schema or Protobuf definition. JSON Schemas are also
here as files: {{files}}; Protobuf beside them with the ending `.proto`. How they may change:
[upgrading](../how-to/upgrade.md)."""

_TOPICS_LEAD = """\
Names, partitions and replication are [settings](settings.md); these are the defaults. Read what
Greenlane writes with `isolation.level=read_committed`. The same as one AsyncAPI 3 document:
[asyncapi.json](asyncapi.json), or `greenlane schema asyncapi` with the names that you have set."""

_SIZES = (("Length", "characters"), ("Items", "entries"), ("Properties", "entries"))
_LIMITS = (
    ("minimum", ">="),
    ("exclusiveMinimum", ">"),
    ("maximum", "<="),
    ("exclusiveMaximum", "<"),
)


def records_page() -> str:
    """Return the page of records."""
    files = ", ".join(f"[{name}](schemas/{name}.json)" for name in RECORDS)
    return page("Records", _RECORDS_LEAD.format(files=files), *map(_record, RECORDS))


def topics_page() -> str:
    """Return the page of topics."""
    document = described(TopicSettings())
    channels = document["channels"]
    head = ["topic", "record", "written by", "key", "partitions", "what is on it"]
    rows = [_topic_row(channel, channels[channel.setting]) for channel in CHANNELS]
    return page(
        "Topics", _TOPICS_LEAD, table(head, rows), _rejects(document["components"]["messages"])
    )


def _topic_row(channel: Channel, made: Schema) -> list[str]:
    record = channel.record
    linked = f"[{record}](records.md#{record})" if record else "any bytes"
    who = "you" if channel.written_by == "others" else "Greenlane"
    partitions = str(made["bindings"]["kafka"]["partitions"])
    inner = "; between Greenlane's own processes" if channel.internal else ""
    address = code(made["address"])
    return [address, linked, who, channel.key, partitions, channel.summary + inner]


def _rejects(messages: Schema) -> str:
    listed = ", ".join(map(code, messages["reject"]["headers"]["required"]))
    return f"## Rejected records\n\nThey carry these headers, UTF-8 texts: {listed}."


def _record(name: str) -> str:
    schema = json_schema(name)
    types = dict(schema["$defs"])
    main = schema["$ref"].rpartition("/")[2]
    example = json.dumps(schema["examples"][0], indent=2, ensure_ascii=False)
    inner = [f"**{other}**: {_type(types[other])}" for other in types if other != main]
    version = RECORDS[name].version
    lead = f"{main}, version {version}. {_type(types[main])}"
    folded = f'??? example "Example"\n\n    ```json\n{_indented(example)}\n    ```'
    return "\n\n".join([f"## {name}", lead, *inner, folded])


def _type(schema: Schema) -> str:
    needed = set(schema.get("required", ()))
    rows = [
        [code(name), "yes" if name in needed else "", _kind(field), field.get("description", "")]
        for name, field in schema["properties"].items()
    ]
    return f"{schema['description']}\n\n{table(['field', 'needed', 'kind', 'meaning'], rows)}"


def _kind(field: Schema) -> str:
    """Return type and bounds of a field in words."""
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    if "anyOf" in field:
        return " or ".join(map(_kind, field["anyOf"]))
    if "const" in field:
        return code(field["const"])
    if "enum" in field:
        return ", ".join(code(json.dumps(value)) for value in field["enum"])
    kind = field.get("format", field.get("type", "anything"))
    if kind == "array":
        kind = f"array of {_kind(field.get('items', {}))}"
    limits = [f"{sign} {field[key]:g}" for key, sign in _LIMITS if key in field]
    sizes = [_size(field, size, unit) for size, unit in _SIZES]
    return ", ".join(filter(None, [kind, *limits, *sizes]))


def _size(field: Schema, size: str, unit: str) -> str:
    least, most = field.get(f"min{size}"), field.get(f"max{size}")
    if least is not None and most is not None:
        return f"{least} {unit}" if least == most else f"{least} to {most} {unit}"
    if most is not None:
        return f"at most {most} {unit}"
    return "" if least is None else f"at least {least} {unit}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
