"""JSON Schema (2020-12) of every record, made from the record types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

import msgspec

from schemas.catalogue import RECORDS
from schemas.shapes import prose

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of the record called `name`; raise `KeyError` for an unknown one.

    >>> json_schema("outcome")["$ref"]
    '#/$defs/InspectionOutcome'
    """
    published = RECORDS[name]
    return {
        "$schema": _DIALECT,
        "$id": f"urn:greenlane:{name}:{published.version}",
        "$ref": f"#/$defs/{published.record.__name__}",
        "$defs": definitions([name], "#/$defs/"),
        "examples": [msgspec.json.decode(published.example)],
    }


def definitions(names: Iterable[str], prefix: str) -> dict[str, Any]:
    """Return the schemas of some records and of all that they are made of, by type.

    References begin with `prefix`. A record's `schema_version` is the one that is read and written.

    >>> definitions(["outcome"], "#/")["InspectionOutcome"]["properties"]["schema_version"]["const"]
    1
    """
    wanted = [RECORDS[name] for name in names]
    _, types = msgspec.json.schema_components(
        [published.record for published in wanted], ref_template=prefix + "{name}"
    )
    for published in wanted:
        version = types[published.record.__name__]["properties"]["schema_version"]
        version["const"] = published.version
    for described in types.values():
        described["description"] = prose(described.get("description", ""))
    # As JSON has it: defaults that are tuples become arrays.
    return cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(types)))
