"""Records written as Avro are read again as the same ones."""

from __future__ import annotations

from typing import Any

import fastavro
import msgspec
import pytest
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from hypothesis import given

from schemas.avro import avro_schema
from schemas.catalogue import RECORDS
from schemas.codec import decode_manifest, encode
from schemas.manifest import Manifest
from streams.bridge.opening import open_client
from streams.bridge.reading import FrameReader
from streams.bridge.writing import frame_writer
from streams.setting_sections import BridgeSettings
from tests.factories import PROPERTY, drawn_manifests

CLIENT = open_client(BridgeSettings(url="mock://avro"))
MANIFESTS = frame_writer(CLIENT, "manifest", "m-value", "avro")
READER = FrameReader(CLIENT, "manifest")


@given(record=drawn_manifests())
@PROPERTY
def test_manifest_in_avro_is_read_again_as_itself(record: Manifest) -> None:
    assert decode_manifest(READER.plain(MANIFESTS(encode(record)), "m")) == record


@pytest.mark.parametrize("name", RECORDS)
def test_avro_schema_of_every_record_is_one_and_takes_its_example(name: str) -> None:
    published = RECORDS[name]
    assert fastavro.parse_schema(avro_schema(name))
    value = frame_writer(CLIENT, name, f"{name}-value", "avro")(published.example)
    read: dict[str, Any] = AvroDeserializer(CLIENT)(
        value, SerializationContext(name, MessageField.VALUE)
    )
    for key, said in msgspec.json.decode(published.example).items():
        if key in {"features", "details"}:
            assert msgspec.json.decode(read[key]) == said
        elif isinstance(said, (int, float)):
            assert read[key] == said
