"""Values in a registry's frame as our JSON, with the client's registry in this process."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas.catalogue import RECORDS
from schemas.codec import RecordError
from schemas.framing import framed, unframed
from streams.bridge.bridging import inward, outward
from streams.bridge.opening import BridgeError, open_client
from streams.bridge.reading import FrameReader
from streams.bridge.writing import Form
from streams.kafka.batch import PostponedError
from streams.setting_sections import BridgeSettings
from streams.settings import TopicSettings
from tests.unit.streams.profiles.fakes import make_message

TOPIC = "partner.orders"
AVRO = msgspec.json.encode(
    {
        "type": "record",
        "name": "Order",
        "fields": [
            {"name": "schema_version", "type": "int"},
            {"name": "platform_id", "type": "string"},
            {"name": "order_id", "type": "string"},
            {"name": "ordered_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "seller_id", "type": "string"},
            {
                "name": "price_paid",
                "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
            },
            {"name": "currency", "type": "string"},
            {"name": "listing_title", "type": "string"},
            {"name": "buyer_id", "type": ["null", "string"]},
        ],
    }
).decode()
ORDER = {
    "schema_version": 1,
    "platform_id": "platform-a",
    "order_id": "order-1",
    "ordered_at": datetime(2026, 11, 1, 8, tzinfo=UTC),
    "seller_id": "seller-7",
    "price_paid": Decimal("18.90"),
    "currency": "EUR",
    "listing_title": "Printed cotton t-shirt",
    "buyer_id": None,
}


@pytest.fixture
def client() -> SchemaRegistryClient:
    """Return a registry of the test's own."""
    return open_client(BridgeSettings(url="mock://test"))


def in_avro(client: SchemaRegistryClient, order: dict[str, Any]) -> bytes:
    context = SerializationContext(TOPIC, MessageField.VALUE)
    value = AvroSerializer(client, AVRO)(order, context)
    assert value is not None
    return value


def test_plain_of_avro_is_the_record_as_json(client: SchemaRegistryClient) -> None:
    value = FrameReader(client, "order").plain(in_avro(client, ORDER), TOPIC)
    order = RECORDS["order"]
    read = msgspec.json.decode(value, type=order.record)
    assert (read.price_paid, read.ordered_at, read.buyer_id) == (18.9, ORDER["ordered_at"], "")


def test_plain_of_framed_json_is_the_json_and_of_plain_json_itself(
    client: SchemaRegistryClient,
) -> None:
    schema_id = client.register_schema("x-value", Schema("{}", "JSON"))
    reader = FrameReader(client, "order")
    assert reader.plain(framed(schema_id, b'{"a": 1}'), TOPIC) == b'{"a": 1}'
    assert reader.plain(b'{"a": 1}', TOPIC) == b'{"a": 1}'
    assert reader.plain(None, TOPIC) == b""


def test_plain_of_cut_avro_is_refused(client: SchemaRegistryClient) -> None:
    cut = in_avro(client, ORDER)[:-20]
    with pytest.raises(RecordError, match="Expected Avro of the schema in the frame"):
        FrameReader(client, "order").plain(cut, TOPIC)


def test_plain_of_an_unknown_kind_is_refused(client: SchemaRegistryClient) -> None:
    schema_id = client.register_schema("p-value", Schema("<a/>", "XML"))
    with pytest.raises(RecordError, match="kind JSON, AVRO or PROTOBUF, got XML"):
        FrameReader(client, "order").plain(framed(schema_id, b"x"), TOPIC)


class Refusing:
    """A registry that answers every question with a status."""

    def __init__(self, status: int) -> None:
        self.status = status

    def get_schema(self, schema_id: int) -> Schema:
        raise SchemaRegistryError(self.status, 40403, f"no {schema_id}")


@pytest.mark.parametrize(("status", "error"), [(404, RecordError), (503, PostponedError)])
def test_plain_without_the_schema_is_refused_if_it_is_unknown_and_waits_if_the_registry_is_away(
    client: SchemaRegistryClient, status: int, error: type[Exception]
) -> None:
    reader = FrameReader(client, "order")
    reader._client = Refusing(status)  # type: ignore[assignment]
    with pytest.raises(error):
        reader.plain(framed(77, b"x"), TOPIC)


def test_inward_translates_with_our_key_and_rejects_what_cannot_be_read(
    client: SchemaRegistryClient,
) -> None:
    translated = inward(FrameReader(client, "order"), TopicSettings(), "orders")
    good = translated(make_message(in_avro(client, ORDER), 4, topic=TOPIC))
    assert (good.topic, good.key) == ("parcels.orders", "platform-a:order-1")
    cut = in_avro(client, ORDER)[:-20]
    bad = translated(make_message(cut, 5, topic=TOPIC))
    assert (bad.topic, bad.value) == ("parcels.rejected", cut)
    assert dict(bad.headers or [])["__connect.errors.offset"] == b"5"


def test_outward_frames_our_records_with_the_registered_schema(
    client: SchemaRegistryClient,
) -> None:
    example = RECORDS["decision"].example
    held = make_message(example, 4, topic="parcels.hold")
    sent = outward(client, "hold", "partner.holds", "json")(held)
    schema_id, value = unframed(sent.value or b"")
    assert (sent.topic, value) == ("partner.holds", example)
    assert client.get_schema(schema_id).schema_type == "JSON"


@pytest.mark.parametrize("form", ["avro", "protobuf"])
def test_outward_of_what_is_no_record_of_ours_says_so(
    client: SchemaRegistryClient, form: Form
) -> None:
    written = outward(client, "hold", f"partner.{form}", form)
    with pytest.raises(RecordError, match="Expected field `schema_version`, got none"):
        written(make_message(b"{}", 4, topic="parcels.hold"))


def test_open_client_without_url_says_what_to_set() -> None:
    with pytest.raises(BridgeError, match=r"bridge\.url: expected the registry's URL"):
        open_client(BridgeSettings())
