"""What a platform does: send the order, then the parcel's manifest, and read what was refused.

    python declare_parcels.py [--brokers 127.0.0.1:9092] [--count 200]

Needs only `pip install confluent-kafka`. The fields of both records, with units and bounds, are in
docs/reference/records.md; `greenlane schema manifest` prints the JSON Schema.
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from confluent_kafka import Consumer, Producer

REASON = "__connect.errors.exception.message"


def order(number: int, now: datetime) -> dict:
    return {
        "schema_version": 1,
        "platform_id": "platform-a",
        "order_id": f"order-{number}",
        "ordered_at": now.isoformat(),
        "seller_id": "seller-7",
        "price_paid": 18.9,
        "currency": "EUR",
        "listing_title": "Printed cotton t-shirt, 2 pieces",
    }


def manifest(number: int, now: datetime) -> dict:
    # Every tenth parcel is described as "gift", which says nothing about the goods.
    description = "gift" if number % 10 == 9 else "cotton t-shirt, printed"
    item = {"description": description, "hs_code": "610910", "quantity": 2, "value": 18.9}
    return {
        "schema_version": 1,
        "manifest_id": f"manifest-{number}",
        "item_id": f"PA{number:09}",
        "id_scheme": "hawb",
        "submitted_at": now.isoformat(),
        "posted_at": now.isoformat(),
        "platform_id": "platform-a",
        "seller_id": "seller-7",
        "order_id": f"order-{number}",
        "channel": "express",
        "operator_id": "carrier-1",
        "origin_post_country": "CN",
        "destination_country": "DE",
        "transaction_nature": "sale",
        "consignor": {"id": "shipper-7", "country": "CN", "kind": "business"},
        "consignee": {
            "id": f"buyer-{number}",
            "street": f"Hauptstr. {number}",
            "postcode": "10115",
            "country": "DE",
        },
        "gross_weight_kg": 0.42,
        "total_value": 18.9,
        "currency": "EUR",
        "items": [{**item, "net_weight_kg": 0.36, "origin": "CN"}],
    }


def send(brokers: str, count: int) -> None:
    # Idempotent: a record that is sent again after a failure is stored once, and in order.
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True})
    refused = []

    def delivered(error, _message):
        if error is not None:
            refused.append(error)

    def put(topic: str, key: str, record: dict) -> None:
        producer.produce(topic, json.dumps(record), key, on_delivery=delivered)
        producer.poll(0)

    now = datetime.now(UTC)
    for number in range(count):
        sale, parcel = order(number, now), manifest(number, now)
        put("parcels.orders", f"{sale['platform_id']}:{sale['order_id']}", sale)
        # The key is the consignee: so all parcels of one person are screened in their order.
        put("parcels.manifests", parcel["consignee"]["id"], parcel)
    put("parcels.manifests", "buyer-0", {"schema_version": 1})  # breaks the contract: see below
    producer.flush()
    if refused:
        sys.exit(f"the broker refused {len(refused)} records: {refused[0]}")
    print(f"sent {count} orders and {count} manifests, and one record that is no manifest")


def print_refused(brokers: str) -> None:
    """Print the first record that Greenlane could not read, and why; a platform reads on."""
    options = {"group.id": "platform-a", "auto.offset.reset": "earliest"}
    careful = {"isolation.level": "read_committed", "session.timeout.ms": 6000}
    consumer = Consumer({"bootstrap.servers": brokers, **options, **careful})
    consumer.subscribe(["parcels.rejected"])
    message = consumer.poll(30)
    if message is None or message.error():
        sys.exit(f"no answer within 30 s: {message and message.error()}")
    print(f"rejected: {message.value().decode()}: {dict(message.headers())[REASON].decode()}")
    consumer.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--brokers", default=os.environ.get("BROKERS", "127.0.0.1:9092"))
    options.add_argument("--count", type=int, default=200)
    chosen = options.parse_args()
    send(chosen.brokers, chosen.count)
    print_refused(chosen.brokers)
