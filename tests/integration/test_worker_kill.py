"""Workers that die in the middle of a batch, on Apache Kafka."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from schemas.codec import encode
from streams.kafka.reading import TopicReader
from streams.simulator.platforms import PlatformSimulator
from tests.integration.conftest import PipelineMaker
from tests.pipeline import Pipeline

KILLS = 20
PER_KILL = 3_000
LEAST_BETWEEN_KILLS = 300
UNCOMMITTED = {"isolation.level": "read_uncommitted"}


def manifests(count: int) -> list[bytes]:
    """Return simulated manifests."""
    simulator = PlatformSimulator(seed=11, start=datetime(2026, 11, 1, tzinfo=UTC))
    return [encode(simulator.next().manifest) for _ in range(count)]


def killed_mid_batch(pipeline: Pipeline, values: Iterator[bytes], seed: int) -> int:
    """Kill one of two busy workers again and again; return the number of manifests published.

    Records are seen before they are committed, so that a kill comes while transactions are open.
    """
    rng = random.Random(seed)
    workers = {name: pipeline.spawn("worker", name) for name in ("a", "b")}
    kafka = pipeline.settings.kafka.model_copy(update={"client": UNCOMMITTED})
    reader = TopicReader(kafka, pipeline.decided)
    published = 0
    for kill in range(KILLS):
        chunk = [next(values) for _ in range(PER_KILL)]
        published += pipeline.publish(pipeline.settings.topics.manifests, chunk)
        seen, deadline = 0, time.monotonic() + 60
        while seen < LEAST_BETWEEN_KILLS and time.monotonic() < deadline:
            seen += len(reader.read(1_000, 0.1))
        time.sleep(rng.uniform(0, 0.01))
        victim = workers["ab"[kill % 2]]
        victim.kill()
        victim.start()
    reader.close()
    return published


@pytest.mark.kafka
@pytest.mark.timeout(300)
def test_kill_one_of_two_workers_mid_batch_twenty_times_decides_each_manifest_once(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(worker__batch_size="100", topics__partitions="4")
    published = killed_mid_batch(pipeline, iter(manifests(KILLS * PER_KILL)), seed=5)

    records = pipeline.read(pipeline.decided, published)
    ids = [msgspec.json.decode(record.value())["decision_id"] for record in records]
    assert len(ids) == published
    assert len(set(ids)) == published

    # Records of aborted transactions show that the kills did hit open ones.
    everything = pipeline.read(pipeline.decided, published, isolation="read_uncommitted")
    assert len(everything) > published
