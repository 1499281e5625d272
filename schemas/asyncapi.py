"""One AsyncAPI 3 document of all topics, made from the records and the channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from schemas.catalogue import RECORDS
from schemas.channels import CHANNELS, Channel
from schemas.deadletter import DeadLetter
from schemas.jsonschema import definitions

_SCHEMAS: Final = "#/components/schemas/"
_BINDING: Final = "0.5.0"
_REJECT: Final = "reject"
_EVENT: Final = ("content-type", "ce_specversion", "ce_type", "ce_source", "ce_id", "ce_time")
_ABOUT: Final = """\
Greenlane screens parcels as they are declared. Platforms write manifests and orders, clearance
systems write outcomes, and each manifest becomes one decision, exactly once: on the topic of holds,
on that of clears, or, if it cannot be read, on that of rejected records. Read decisions with
`isolation.level=read_committed`. Values are JSON; a field that is not known is ignored."""


@dataclass(frozen=True)
class Topic:
    """A topic as it is created; `config` has what differs from the broker's defaults."""

    address: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def asyncapi(version: str, topics: Mapping[str, Topic]) -> dict[str, Any]:
    """Return the document; `topics` are by the names of their settings.

    Raises `KeyError` if one of the channels has no topic.
    """
    named = [channel.record for channel in CHANNELS if channel.record is not None]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Greenlane",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {one.setting: _channel(one, topics[one.setting]) for one in CHANNELS},
        "operations": {_operation_name(one): _operation(one) for one in CHANNELS},
        "components": {
            "messages": {**{name: _message(name) for name in named}, _REJECT: _reject()},
            "schemas": definitions(dict.fromkeys(named), _SCHEMAS),
        },
    }


def _channel(channel: Channel, topic: Topic) -> dict[str, Any]:
    name = channel.record or _REJECT
    described = {
        "address": topic.address,
        "description": f"{channel.summary}. Key: {channel.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"kafka": _kafka_binding(topic)},
    }
    return {**described, "tags": [{"name": "internal"}]} if channel.internal else described


def _kafka_binding(topic: Topic) -> dict[str, Any]:
    binding = {"partitions": topic.partitions, "bindingVersion": _BINDING}
    settings = {key: _typed(key, value) for key, value in topic.config.items()}
    return {**binding, "topicConfiguration": settings} if settings else binding


def _typed(key: str, value: str) -> list[str] | int | str:
    if key == "cleanup.policy":
        return value.split(",")
    return value if value.isalpha() else int(value)


def _operation_name(channel: Channel) -> str:
    return f"{_action(channel)}-{channel.setting.replace('_', '-')}"


def _action(channel: Channel) -> str:
    return "receive" if channel.written_by == "others" else "send"


def _operation(channel: Channel) -> dict[str, Any]:
    return {
        "action": _action(channel),
        "channel": {"$ref": f"#/channels/{channel.setting}"},
        "summary": channel.summary,
    }


def _optional(description: str, *names: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": {name: {"type": "string"} for name in names},
    }


_HEADERS: Final = {
    "decision": _optional(
        "The trace that the manifest came with; CloudEvents if they are turned on.",
        "traceparent",
        "tracestate",
        *_EVENT,
    ),
    "alert": _optional("CloudEvents if they are turned on.", *_EVENT),
}


def _message(name: str) -> dict[str, Any]:
    published = RECORDS[name]
    record = published.record.__name__
    headers = {"headers": _HEADERS[name]} if name in _HEADERS else {}
    return {
        "name": record,
        "title": record,
        **headers,
        "payload": {"$ref": _SCHEMAS + record},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": _BINDING}},
        "examples": [{"payload": msgspec.json.decode(published.example)}],
    }


def _reject() -> dict[str, Any]:
    """Return the message of a record that cannot be read: any bytes, with headers of ours."""
    problem = "Expected field `item_id`, got none - at `$`"
    headers = DeadLetter("parcels.manifests", 3, 1042, problem).headers([])
    example = {name: str(value, "utf-8") for name, value in headers if isinstance(value, bytes)}
    return {
        "name": "Reject",
        "title": "Reject",
        "summary": "The record as it came, and why it cannot be read",
        "contentType": "application/octet-stream",
        "headers": {
            **_optional("Why; CloudEvents if they are turned on.", *example, *_EVENT),
            "required": list(example),
        },
        "payload": {"description": "The bytes that were sent."},
        "examples": [{"headers": example, "payload": {"schema_version": 1}}],
    }
