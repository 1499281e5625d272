"""The contracts as text: JSON Schemas, and AsyncAPI with the topics as they are configured."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import msgspec

from schemas.asyncapi import Topic, asyncapi
from schemas.channels import CHANNELS
from schemas.jsonschema import json_schema
from streams.kafka.topics import planned_topics
from streams.settings import TopicSettings, load_settings


def schema_text(name: str) -> str:
    """Return what `greenlane schema` prints: a record's schema, or `asyncapi`."""
    if name == "asyncapi":
        return as_text(described(load_settings().topics))
    return as_text(json_schema(name))


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
