"""The bridge between a real schema registry's formats and our topics."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from confluent_kafka.admin import NewTopic
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas import decision
from schemas.codec import decode_order
from schemas.framing import framed, unframed
from streams.bridge.bridging import outward
from streams.bridge.opening import open_client
from streams.kafka.clients import admin_client
from streams.setting_sections import BridgeSettings
from tests.conftest import Server
from tests.integration.conftest import PipelineMaker
from tests.pipeline import Pipeline
from tests.servers.schema_registry import ApicurioRegistry
from tests.unit.streams.profiles.fakes import make_message
from tests.unit.streams.test_bridge import AVRO, ORDER

COUNT = 50


@pytest.mark.kafka
def test_bridge_in_translates_avro_to_orders_each_once_and_rejects_unknown_schemas(
    kafka_pipeline: PipelineMaker, start_server: Callable[[Server], Server]
) -> None:
    url = start_server(ApicurioRegistry()).url
    pipeline = kafka_pipeline(bridge__url=url)
    with open_client(BridgeSettings(url=url)) as client:
        _check_outward(client)
        _check_bridge(pipeline, client)


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


def _check_outward(client: SchemaRegistryClient) -> None:
    held = make_message(decision.EXAMPLE, 4, topic="parcels.hold")
    ids = {
        unframed(outward(client, "hold", "partner-holds")(held).value or b"")[0] for _ in range(2)
    }
    assert {client.get_schema(one).schema_type for one in ids} == {"JSON"}
    assert len(ids) == 1, "a schema that is registered again is the same one"


def _topic(pipeline: Pipeline, name: str) -> str:
    topic = f"{pipeline.settings.topics.manifests}.{name}"
    admin = admin_client(pipeline.settings.kafka)
    admin.create_topics([NewTopic(topic, 2, 1)])[topic].result(30)
    return topic
