"""JSON Schemas, Protobuf definitions and the AsyncAPI document, as files."""

from __future__ import annotations

from schemas.catalogue import RECORDS
from schemas.jsonschema import json_schema
from schemas.protobuf import proto_text
from streams.contracts import as_text, described
from streams.settings import TopicSettings


def contracts() -> dict[str, str]:
    """Return the contracts by their paths within the reference."""
    schemas = {f"schemas/{name}.json": as_text(json_schema(name)) + "\n" for name in RECORDS}
    protos = {f"schemas/{name}.proto": proto_text(name) for name in RECORDS}
    return {**schemas, **protos, "asyncapi.json": as_text(described(TopicSettings())) + "\n"}


def released() -> dict[str, str]:
    """Return what to keep with a release, by name: `manifest-1.json`, `manifest-1.proto`."""
    made = {}
    for name, published in RECORDS.items():
        made[f"{name}-{published.version}.json"] = as_text(json_schema(name)) + "\n"
        made[f"{name}-{published.version}.proto"] = proto_text(name)
    return made
