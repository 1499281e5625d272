"""Records as Protobuf and back: the same as in JSON, for us and for Confluent's serialisers."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from hypothesis import given
from hypothesis import strategies as st

from schemas.catalogue import RECORDS
from schemas.codec import RecordError
from schemas.protobuf import proto_text
from schemas.shapes import Field, Shape, shapes_of
from streams.bridge.opening import open_client
from streams.bridge.protobuf import ProtobufRecord, file_of
from streams.bridge.reading import FrameReader
from streams.bridge.reading_protobuf import ProtobufReader, first_message
from streams.bridge.writing import frame_writer
from streams.setting_sections import BridgeSettings
from tests.factories import PROPERTY

TOPIC = "partner.orders"
CONTEXT = SerializationContext(TOPIC, MessageField.VALUE)
MESSAGES = {name: ProtobufRecord(name) for name in RECORDS}

every_record = pytest.mark.parametrize("name", RECORDS)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
numbers = st.floats(allow_nan=False, allow_infinity=False)
instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(  # noqa: DTZ001
    lambda one: one.replace(tzinfo=UTC)
)
scalars = {
    "text": texts,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": numbers,
    "flag": st.booleans(),
    "instant": instants.map(lambda one: one.isoformat()),
    "texts": st.dictionaries(texts, texts, max_size=3),
    "anything": st.dictionaries(
        texts, st.recursive(st.none() | st.booleans() | numbers | texts, st.lists, max_leaves=3)
    ),
}


@st.composite
def drawn(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Draw a record, as taken from JSON, with fields of every kind set or not."""
    shapes = {shape.name: shape for shape in shapes_of(RECORDS[name].record)}
    return _drawn(draw, shapes[RECORDS[name].record.__name__], shapes)


def _drawn(draw: st.DrawFn, shape: Shape, shapes: dict[str, Shape]) -> dict[str, Any]:
    made = {}
    for field in shape.fields:
        if field.needed or draw(st.booleans()):
            least = 0 if field.needed else 1
            count = draw(st.integers(least, 2)) if field.repeated else 1
            values = [_one(draw, field, shapes) for _ in range(count)]
            made[field.name] = values if field.repeated else values[0]
    return {key: value for key, value in made.items() if value != {} or key != "attributes"}


def _one(draw: st.DrawFn, field: Field, shapes: dict[str, Shape]) -> Any:
    if field.kind == "record":
        return _drawn(draw, shapes[field.record], shapes)
    return draw(scalars[field.kind])


def comparable(value: Any) -> Any:
    """Return a record with its instants as such, however they are written."""
    if isinstance(value, dict):
        return {key: comparable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    try:
        return msgspec.convert(value, datetime) if isinstance(value, str) else value
    except msgspec.ValidationError:
        return value


@every_record
@given(data=st.data())
@PROPERTY
def test_message_of_a_record_read_again_is_the_record(name: str, data: st.DataObject) -> None:
    record = data.draw(drawn(name))
    written = MESSAGES[name].message(record).SerializeToString()
    assert comparable(MESSAGES[name].read(written)) == comparable(record)


@every_record
def test_example_of_a_record_survives_protobuf(name: str) -> None:
    published = RECORDS[name]
    record = msgspec.json.decode(published.example)
    read = MESSAGES[name].read(MESSAGES[name].message(record).SerializeToString())
    assert msgspec.convert(read, published.record) == msgspec.convert(record, published.record)


@given(value=st.binary(max_size=60))
@PROPERTY
def test_read_arbitrary_bytes_gives_a_record_or_a_record_error(value: bytes) -> None:
    try:
        read = ProtobufReader("manifest").read(b"\0" + value, proto_text("manifest"))
    except RecordError as error:
        refused = str(error)
    else:
        assert isinstance(msgspec.json.encode(read), bytes)
        return
    assert "Expected Protobuf of the schema in the frame" in refused


@pytest.fixture
def client() -> Iterator[SchemaRegistryClient]:
    """Return a registry of the test's own."""
    with open_client(BridgeSettings(url="mock://protobuf")) as opened:
        yield opened


@pytest.mark.parametrize("index", [b"\0", b"\x02\0"])
def test_plain_of_what_confluents_serialiser_wrote_is_the_record(
    client: SchemaRegistryClient, index: bytes
) -> None:
    order = msgspec.json.decode(RECORDS["order"].example)
    serialise = ProtobufSerializer(MESSAGES["order"].message_class, client)
    value = serialise(MESSAGES["order"].message(order), CONTEXT)
    assert value is not None
    assert value[5:6] == b"\0"
    plain = FrameReader(client, "order").plain(value[:5] + index + value[6:], TOPIC)
    assert comparable(msgspec.json.decode(plain)) == comparable(order)


def test_confluents_deserialiser_reads_what_the_bridge_wrote(client: SchemaRegistryClient) -> None:
    decision = RECORDS["decision"].example
    value = frame_writer(client, "decision", "x-value", "protobuf")(decision)
    message = ProtobufDeserializer(MESSAGES["decision"].message_class)(value, CONTEXT)
    expected = MESSAGES["decision"].message(msgspec.json.decode(decision))
    assert message == expected


@pytest.mark.parametrize(
    ("inner", "schema", "problem"),
    [
        (b"\0", 'syntax = "proto3"; message Order { }', "got Order"),
        (b"\0", proto_text("manifest"), "got greenlane.manifest.v1.Manifest"),
        (b"\0", "???", "got no message"),
        (b"\x02\x02", proto_text("order"), "Expected the first message of the schema"),
        (b"", proto_text("order"), "Expected the first message of the schema"),
        (b"\0\x0a\xff", proto_text("order"), "Expected Protobuf of the schema in the frame"),
    ],
)
def test_read_what_is_no_message_of_ours_is_refused(
    inner: bytes, schema: str, problem: str
) -> None:
    with pytest.raises(RecordError, match=problem):
        ProtobufReader("order").read(inner, schema)


def test_read_an_instant_that_no_calendar_has_is_refused() -> None:
    message = MESSAGES["order"].message_class()
    message.ordered_at.seconds = 10**15
    with pytest.raises(RecordError, match="Expected Protobuf of the schema in the frame"):
        ProtobufReader("order").read(b"\0" + message.SerializeToString(), proto_text("order"))


def test_first_message_is_the_same_of_the_text_and_of_the_descriptor() -> None:
    described = base64.b64encode(file_of("order").SerializeToString()).decode()
    assert first_message(described) == "greenlane.order.v1.PlatformOrder"
    assert first_message(proto_text("order")) == "greenlane.order.v1.PlatformOrder"
