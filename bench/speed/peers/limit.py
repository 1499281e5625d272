"""The limit: consume, pass on, commit in a transaction, and nothing else."""

from __future__ import annotations

import json
import sys

from confluent_kafka import Consumer, Producer

_BATCH = 10_000


def main() -> None:
    """Pass records on until stopped."""
    job = json.loads(sys.argv[1])
    consumer = Consumer({**job["consumer"], "group.id": job["name"]})
    producer = Producer({**job["producer"], "transactional.id": job["name"]})
    producer.init_transactions()
    consumer.subscribe([job["source"]])
    while True:
        batch = consumer.consume(1, 0.2)
        if not batch:
            continue
        batch += consumer.consume(_BATCH - 1, 0)
        producer.begin_transaction()
        for message in batch:
            producer.produce(job["target"], message.value(), message.key())
        positions = consumer.position(consumer.assignment())
        read = [position for position in positions if position.offset >= 0]
        producer.send_offsets_to_transaction(read, consumer.consumer_group_metadata())
        producer.commit_transaction()


if __name__ == "__main__":
    main()
