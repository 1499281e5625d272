"""The contracts as text: schemas of records, and AsyncAPI with the topics that are configured."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Literal

import msgspec

from schemas.asyncapi import Topic, asyncapi
from schemas.avro import avro_schema
from schemas.channels import CHANNELS
from schemas.errors import UserError
from schemas.jsonschema import json_schema
from schemas.protobuf import proto_text
from streams.kafka.topics import planned_topics
from streams.settings import TopicSettings, load_settings

SchemaForm = Literal["json", "avro", "protobuf"]


class SchemaFormError(UserError, ValueError):
    """The document cannot be had in this form; the text is one line."""


def schema_text(name: str, form: SchemaForm = "json") -> str:
    """Return what `greenlane schema` prints: a record's schema, or `asyncapi`.

    >>> schema_text("asyncapi", "avro")
    Traceback (most recent call last):
        ...
    streams.contracts.SchemaFormError: --format: expected json for asyncapi, got avro
    """
    if name == "asyncapi":
        if form != "json":
            raise SchemaFormError(f"--format: expected json for asyncapi, got {form}")
        return as_text(described(load_settings().topics))
    if form == "protobuf":
        return proto_text(name).rstrip()
    return as_text(avro_schema(name) if form == "avro" else json_schema(name))


def described(topics: TopicSettings) -> dict[str, Any]:
    """Return the AsyncAPI document of topics with these names.

    >>> described(TopicSettings(hold="held"))["channels"]["hold"]["address"]
    'held'
    """
    plans = {plan.name: plan for plan in planned_topics(topics)}
    named = {one.setting: plans[getattr(topics, one.setting)] for one in CHANNELS}
    return asyncapi(
        version("greenlane"),
        {
            setting: Topic(plan.name, plan.partitions, plan.config)
            for setting, plan in named.items()
        },
    )


def as_text(document: dict[str, Any]) -> str:
    """Return a document as JSON to be read."""
    return msgspec.json.format(msgspec.json.encode(document)).decode()
