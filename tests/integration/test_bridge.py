"""The bridge between a real schema registry's formats and our topics."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from confluent_kafka.admin import NewTopic
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas import decision
from schemas.catalogue import RECORDS
from schemas.codec import decode_order, decode_outcome
from schemas.framing import framed, unframed
from schemas.protobuf import proto_text
from streams.bridge.bridging import outward
from streams.bridge.opening import open_client
from streams.bridge.protobuf import ProtobufRecord
from streams.bridge.reading import FrameReader
from streams.bridge.writing import Form
from streams.kafka.clients import admin_client
from streams.setting_sections import BridgeSettings
from tests.conftest import Server
from tests.integration.conftest import PipelineMaker
from tests.pipeline import Pipeline
from tests.servers.schema_registry import ApicurioRegistry
from tests.unit.streams.profiles.fakes import make_message
from tests.unit.streams.test_bridge import AVRO, ORDER

COUNT = 50
FORMS: dict[Form, str] = {"json": "JSON", "avro": "AVRO", "protobuf": "PROTOBUF"}


@pytest.mark.kafka
def test_bridge_in_translates_avro_and_protobuf_each_once_and_rejects_unknown_schemas(
    kafka_pipeline: PipelineMaker, start_server: Callable[[Server], Server]
) -> None:
    url = start_server(ApicurioRegistry()).url
    pipeline = kafka_pipeline(bridge__url=url)
    with open_client(BridgeSettings(url=url)) as client:
        _check_outward(pipeline, client)
        _check_bridge(pipeline, client)
        _check_protobuf(pipeline, client)


def _check_bridge(pipeline: Pipeline, client: SchemaRegistryClient) -> None:
    source = _topic(pipeline, "partner-orders")
    serialise = AvroSerializer(client, AVRO)
    context = SerializationContext(source, MessageField.VALUE)
    values = [serialise({**ORDER, "order_id": f"order-{n}"}, context) for n in range(COUNT)]
    pipeline.publish(source, [*values, framed(999_999, b"of no schema")])
    bridge = pipeline.spawn(f"bridge in {source} --topic orders")
    orders = pipeline.read([pipeline.settings.topics.orders], COUNT)
    read = [decode_order(message.value()) for message in orders]
    assert sorted(one.order_id for one in read) == sorted(f"order-{n}" for n in range(COUNT))
    assert {message.key() for message in orders} == {
        f"platform-a:order-{n}".encode() for n in range(COUNT)
    }
    (rejected,) = pipeline.read([pipeline.settings.topics.rejected], 1)
    assert b"unknown id 999999" in dict(rejected.headers())["__connect.errors.exception.message"]
    assert bridge.running


def _check_protobuf(pipeline: Pipeline, client: SchemaRegistryClient) -> None:
    """A platform writes Protobuf by the published numbers; a partner reads holds in it."""
    source = _topic(pipeline, "partner-outcomes")
    record = ProtobufRecord("outcome")
    outcome = json.loads(RECORDS["outcome"].example)
    serialise = ProtobufSerializer(record.message_class, client)
    context = SerializationContext(source, MessageField.VALUE)
    mine = [serialise(record.message({**outcome, "outcome_id": f"o-{n}"}), context) for n in (1, 2)]
    text = Schema(proto_text("outcome"), "PROTOBUF")
    with_text = framed(client.register_schema("partner-text-value", text), mine[0][5:])
    pipeline.publish(source, [*mine, with_text])
    pipeline.spawn(f"bridge in {source} --topic outcomes")
    read = pipeline.read([pipeline.settings.topics.outcomes], 3)
    assert sorted(decode_outcome(one.value()).outcome_id for one in read) == ["o-1", "o-1", "o-2"]


def _check_outward(pipeline: Pipeline, client: SchemaRegistryClient) -> None:
    target = _topic(pipeline, "partner-holds")
    pipeline.publish(pipeline.settings.topics.hold, [decision.EXAMPLE])
    pipeline.spawn(f"bridge out hold {target} --format protobuf")
    (sent,) = pipeline.read([target], 1)
    plain = FrameReader(client, "decision").plain(sent.value(), target)
    assert json.loads(plain) == json.loads(decision.EXAMPLE)
    held = make_message(decision.EXAMPLE, 4, topic="parcels.hold")
    for form, kind in FORMS.items():
        written = [outward(client, "hold", f"partner-{form}", form)(held).value for _ in range(2)]
        first, again = (unframed(value or b"")[0] for value in written)
        assert client.get_schema(first).schema_type == kind
        assert first == again, "a schema that is registered again is the same one"
        plain = FrameReader(client, "decision").plain(written[0], "partner")
        assert json.loads(plain)["decision_id"] == json.loads(decision.EXAMPLE)["decision_id"]


def _topic(pipeline: Pipeline, name: str) -> str:
    topic = f"{pipeline.settings.topics.manifests}.{name}"
    admin = admin_client(pipeline.settings.kafka)
    admin.create_topics([NewTopic(topic, 2, 1)])[topic].result(30)
    return topic
