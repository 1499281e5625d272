"""Records, topics and commands name the same things; examples keep to the contract."""

from __future__ import annotations

from typing import get_args

import pytest

from schemas.asyncapi import asyncapi
from schemas.catalogue import RECORDS
from schemas.channels import CHANNELS
from schemas.codec import Codec, RecordError, encode
from streams.cli import SchemaName
from streams.contracts import described
from streams.settings import TopicSettings


@pytest.mark.parametrize("name", RECORDS)
def test_example_of_a_record_is_read_and_written_again_the_same(name: str) -> None:
    published = RECORDS[name]
    codec = Codec(published.record, published.version)
    record = codec.decode(published.example)
    assert codec.decode(encode(record)) == record


@pytest.mark.parametrize("name", RECORDS)
def test_example_of_a_record_in_another_version_is_refused(name: str) -> None:
    published = RECORDS[name]
    with pytest.raises(RecordError, match="schema_version"):
        Codec(published.record, published.version + 1).decode(published.example)


def test_every_record_is_on_a_topic_and_every_topic_has_a_channel() -> None:
    names = {name for name, value in TopicSettings() if isinstance(value, str)}
    assert [channel.setting for channel in CHANNELS] == list(
        dict.fromkeys(channel.setting for channel in CHANNELS)
    )
    assert {channel.setting for channel in CHANNELS} == names
    assert {channel.record for channel in CHANNELS} - {None} == RECORDS.keys()


def test_schema_command_knows_every_record_and_the_document() -> None:
    assert set(get_args(SchemaName)) == {*RECORDS, "asyncapi"}


def test_asyncapi_without_a_channels_topic_raises_key_error() -> None:
    with pytest.raises(KeyError):
        asyncapi("1", {})


def test_asyncapi_names_topics_as_they_are_configured() -> None:
    document = described(TopicSettings(clear="green", partitions=12))
    channel = document["channels"]["clear"]
    assert channel["address"] == "green"
    assert channel["bindings"]["kafka"]["partitions"] == 12


def test_asyncapi_points_only_at_what_it_has() -> None:
    document = described(TopicSettings())
    for reference in _references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def _references(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(_references, node.values()))
    return set().union(*map(_references, node)) if isinstance(node, list) else set()
