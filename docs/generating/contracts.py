"""JSON Schemas and the AsyncAPI document, as files."""

from __future__ import annotations

from schemas.catalogue import RECORDS
from schemas.jsonschema import json_schema
from streams.contracts import as_text, described
from streams.settings import TopicSettings


def contracts() -> dict[str, str]:
    """Return the contracts by their paths within the reference."""
    schemas = {f"schemas/{name}.json": as_text(json_schema(name)) + "\n" for name in RECORDS}
    return {**schemas, "asyncapi.json": as_text(described(TopicSettings())) + "\n"}


def released() -> dict[str, str]:
    """Return the schemas to keep with a release, by their names: `manifest-1.json`."""
    return {
        f"{name}-{published.version}.json": as_text(json_schema(name)) + "\n"
        for name, published in RECORDS.items()
    }
