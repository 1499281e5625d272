"""A plain loop over confluent-kafka's client, exactly once, with a River model."""

from __future__ import annotations

import json

from confluent_kafka import Consumer, Producer
from job import Scorer, told

_BATCH = 2_000


def main() -> None:
    """Decide until stopped."""
    job = told()
    scorer = Scorer(job)
    consumer = Consumer({**job.consumer, "group.id": job.name})
    producer = Producer({**job.producer, "transactional.id": job.name})
    producer.init_transactions()
    consumer.subscribe([job.source])
    while True:
        batch = consumer.consume(1, 0.2)
        if not batch:
            continue
        batch += consumer.consume(_BATCH - 1, 0)
        producer.begin_transaction()
        for message in batch:
            decision = scorer.decide(json.loads(message.value()))
            producer.produce(job.target, json.dumps(decision), decision["item_id"])
        positions = consumer.position(consumer.assignment())
        read = [position for position in positions if position.offset >= 0]
        producer.send_offsets_to_transaction(read, consumer.consumer_group_metadata())
        producer.commit_transaction()


if __name__ == "__main__":
    main()
