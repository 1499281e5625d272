"""Workers that die in the middle of a batch, on Apache Kafka."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
import pytest
from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import OffsetSpec

from schemas.codec import encode
from streams.kafka.clients import admin_client
from streams.kafka.reading import TopicReader
from streams.processes import ChildProcess
from streams.simulator.platforms import PlatformSimulator
from tests.integration.conftest import PipelineMaker
from tests.pipeline import Pipeline

KILLS: Final = 20
PER_KILL: Final = 3_000
LEAST_BETWEEN_KILLS: Final = 300
UNCOMMITTED: Final = {"isolation.level": "read_uncommitted"}
PATIENCE_SECONDS: Final = 2.0
BREATH_SECONDS: Final = 0.003
STILL_OPEN_SECONDS: Final = 0.1
"""A transaction of the worker that goes on is over by then; one that is open is the other's."""


def manifests(count: int) -> list[bytes]:
    """Return simulated manifests."""
    simulator = PlatformSimulator(seed=11, start=datetime(2026, 11, 1, tzinfo=UTC))
    return [encode(simulator.next().manifest) for _ in range(count)]


class OpenTransactions:
    """What open transactions keep from those who read only what is committed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._admin = admin_client(pipeline.settings.kafka)
        self._ends = {
            TopicPartition(topic, partition): OffsetSpec.latest()
            for topic in pipeline.decided
            for partition in range(pipeline.settings.topics.partitions)
        }

    def begin(self) -> set[tuple[str, int, int]]:
        """Return topic, partition and offset of where each partition's first open one begins."""
        committed, written = (
            self._read(isolation)
            for isolation in (IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED)
        )
        return committed - written

    def _read(self, isolation: IsolationLevel) -> set[tuple[str, int, int]]:
        ends = self._admin.list_offsets(self._ends, isolation_level=isolation)
        return {(key.topic, key.partition, end.result().offset) for key, end in ends.items()}


def stop_mid_batch(worker: ChildProcess, transactions: OpenTransactions) -> bool:
    """Stop a worker, again until a transaction of its own is open; return whether one is."""
    pid = worker.pid or 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        os.kill(pid, signal.SIGSTOP)
        if found := transactions.begin():
            time.sleep(STILL_OPEN_SECONDS)
            if found & transactions.begin():
                return True
        os.kill(pid, signal.SIGCONT)
        time.sleep(BREATH_SECONDS)
    return False


def kill_mid_batch(pipeline: Pipeline, values: Iterator[bytes]) -> tuple[int, int]:
    """Kill one of two busy workers again and again.

    Returns how many manifests were published, and how many kills left a transaction open. Records
    are seen before they are committed, so that a worker is stopped while it is busy.
    """
    workers = [pipeline.spawn("worker", name) for name in ("a", "b")]
    kafka = pipeline.settings.kafka.model_copy(update={"client": UNCOMMITTED})
    reader, transactions = TopicReader(kafka, pipeline.decided), OpenTransactions(pipeline)
    published = hits = 0
    for kill in range(KILLS):
        chunk = [next(values) for _ in range(PER_KILL)]
        published += pipeline.publish(pipeline.settings.topics.manifests, chunk)
        seen, deadline = 0, time.monotonic() + 60
        while seen < LEAST_BETWEEN_KILLS and time.monotonic() < deadline:
            seen += len(reader.read(1_000, 0.1))
        victim = workers[kill % 2]
        hits += stop_mid_batch(victim, transactions)
        victim.kill()
        victim.start()
    reader.close()
    return published, hits


@pytest.mark.kafka
@pytest.mark.timeout(300)
def test_kill_one_of_two_workers_mid_batch_twenty_times_decides_each_manifest_once(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(worker__batch_size="100", topics__partitions="4")
    published, hits = kill_mid_batch(pipeline, iter(manifests(KILLS * PER_KILL)))

    records = pipeline.read(pipeline.decided, published)
    ids = [msgspec.json.decode(record.value())["decision_id"] for record in records]
    assert len(ids) == published
    assert len(set(ids)) == published

    # Records of aborted transactions show that the kills did hit open ones.
    everything = pipeline.read(pipeline.decided, published, isolation="read_uncommitted")
    assert hits > 0
    assert len(everything) >= published + hits
