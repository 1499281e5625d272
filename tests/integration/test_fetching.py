"""What a worker's consumer reads first of two topics that both have much to read."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import closing

import pytest

from streams.kafka.clients import plain_producer, transactional_consumer
from tests.integration.conftest import PipelineMaker
from tests.pipeline import PATIENCE_SECONDS

RECORDS = 8_000
BYTES = 4_000


@pytest.mark.kafka
def test_backlog_of_two_topics_in_large_batches_is_read_from_both(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(topics__partitions="4")
    topics = pipeline.settings.topics
    rng = random.Random(1)
    producer = plain_producer(pipeline.settings.kafka)
    for topic in (topics.orders, topics.manifests):
        for number in range(RECORDS):
            # As manifests do, it becomes a fourth when it is compressed.
            producer.produce(topic, rng.randbytes(BYTES // 4) * 4, str(number))
            producer.poll(0)
        assert producer.flush(PATIENCE_SECONDS) == 0

    read = Counter[str | None]()
    deadline = time.monotonic() + PATIENCE_SECONDS
    with closing(transactional_consumer(pipeline.settings.kafka, "backlog")) as consumer:
        consumer.subscribe([topics.manifests, topics.orders])
        while max(read.values(), default=0) < RECORDS and time.monotonic() < deadline:
            read.update(message.topic() for message in consumer.consume(100, 0.2))
    # When one topic is read, so is most of the other.
    assert min(read[topics.manifests], read[topics.orders]) > RECORDS / 2
