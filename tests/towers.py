"""A control tower on a pipeline of its own, and whether its ledger is right."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, Final
from urllib.request import urlopen

import msgspec
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from schemas.codec import encode
from streams.clock import utc_now
from streams.ledger.commands import audited
from streams.ledger.comparing import Mismatch
from streams.ledger.rows import Rows
from streams.processes import ChildProcess, free_port
from streams.simulator.platforms import PlatformSimulator
from tests.pipeline import Pipeline

PATIENCE_SECONDS: Final = 60.0
PER_KILL: Final = 2_000

_retrying: Final = Retrying(
    stop=stop_after_delay(PATIENCE_SECONDS),
    wait=wait_fixed(0.2),
    retry=retry_if_exception_type(KafkaException),
    reraise=True,
)


def simulated(count: int, seed: int = 11) -> Iterator[bytes]:
    """Yield manifests that were declared just now."""
    simulator = PlatformSimulator(seed, utc_now())
    for _ in range(count):
        yield encode(simulator.next().manifest)


def publish(pipeline: Pipeline, count: int, seed: int = 11) -> int:
    """Publish simulated manifests."""
    return pipeline.publish(pipeline.settings.topics.manifests, simulated(count, seed))


def publish_at(pipeline: Pipeline, parcels: Iterable[tuple[bytes, int]]) -> None:
    """Publish manifests as if they had been logged at some Unix second each, in this order."""
    producer = Producer({"bootstrap.servers": pipeline.bootstrap, "enable.idempotence": True})
    topic = pipeline.settings.topics.manifests
    for value, second in parcels:
        producer.produce(topic, value, partition=0, timestamp=second * 1000)
    assert producer.flush(PATIENCE_SECONDS) == 0


def killed(pipeline: Pipeline, kills: int, seed: int) -> int:
    """Kill the tower again and again while workers, which die as well, are busy; return parcels."""
    rng = random.Random(seed)
    children = {name: pipeline.spawn(name) for name in ("worker", "tower")}
    published = 0
    for kill in range(kills):
        published += publish(pipeline, PER_KILL, seed + kill)
        wait_for_ledger(pipeline)
        time.sleep(rng.uniform(0, 2.5))
        for name in ("tower", "worker") if kill % 3 == 0 else ("tower",):
            children[name].kill()
            children[name].start()
    return published


def wait_for_ledger(pipeline: Pipeline) -> None:
    """Wait until a tower that may have died goes on writing."""
    topic = [pipeline.settings.topics.ioss_ledger]
    before = ends(pipeline, topic)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while ends(pipeline, topic) == before and time.monotonic() < deadline:
        time.sleep(0.1)


def ends(pipeline: Pipeline, topics: list[str]) -> int:
    """Return how many records topics have had; new ones may have no leader for a moment."""
    options = {"bootstrap.servers": pipeline.bootstrap, "group.id": "outsider"}
    with closing(Consumer(options)) as consumer:
        return sum(
            _retrying(consumer.get_watermark_offsets, TopicPartition(topic, partition), 10)[1]
            for topic in topics
            for partition in consumer.list_topics(topic, 10).topics[topic].partitions
        )


def settled(
    pipeline: Pipeline, month: str, seconds: float = PATIENCE_SECONDS
) -> tuple[Rows, list[Mismatch]]:
    """Return a month's ledger and what is wrong with it, once the tower has caught up."""
    deadline = time.monotonic() + seconds
    while True:
        supplies, wrong = audited(pipeline.settings, month)
        if (supplies and not wrong) or time.monotonic() > deadline:
            return supplies, wrong
        time.sleep(0.5)


class Towers:
    """A worker and towers of one group on a pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.worker = pipeline.spawn("worker")
        self.published = 0
        self._ports: list[int] = []
        self._children: list[ChildProcess] = []
        self.start_another()

    def start_another(self) -> None:
        """Start one more tower."""
        port, number = free_port(), str(len(self._ports))
        self._ports.append(port)
        self._children.append(self.pipeline.spawn("tower", number, {"tower.port": str(port)}))

    def publish(self, count: int) -> None:
        """Publish other parcels than before."""
        self.published += publish(self.pipeline, count, self.published)

    def counted(self) -> bool:
        """Return whether the towers have counted every parcel once."""
        return sum(self.parcels()) == self.published

    def kill(self, number: int) -> None:
        """End a tower for good."""
        self._children[number].kill()
        del self._children[number], self._ports[number]

    def address(self, number: int = 0, path: str = "/") -> str:
        """Return where a tower's page is."""
        return f"http://127.0.0.1:{self._ports[number]}{path}"

    def get(self, path: str) -> Any:
        """Return what the first tower that has something answers."""
        answers = [self._get(number, path) for number in range(len(self._ports))]
        return next((one for one in answers if one), answers[0])

    def health(self) -> list[dict[str, Any]]:
        """Return how the towers are; one that does not answer yet has no partitions."""
        return [
            self._get(number, "/health") or {"partitions": []} for number in range(len(self._ports))
        ]

    def parcels(self) -> list[int]:
        """Return how many parcels each tower has counted in the last quarter of an hour."""
        return [health.get("parcels", 0) for health in self.health()]

    def _get(self, number: int, path: str) -> Any:
        try:
            with urlopen(self.address(number, path), timeout=5) as answer:
                return msgspec.json.decode(answer.read())
        except OSError:
            return None
