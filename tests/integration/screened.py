"""Two workers on a pipeline, fed bit by bit, and what has been decided so far."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any, Final

import msgspec
from confluent_kafka import KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient

from schemas.codec import decode_decision, encode
from schemas.decision import Decision
from streams.kafka.reading import TopicReader
from streams.processes import free_port
from tests.factories import make_manifests
from tests.integration.conftest import PipelineMaker
from tests.pipeline import Pipeline

PATIENCE: Final = 30.0
CHUNK: Final = 60
PAUSE: Final = 0.05
_MANIFESTS: Final = make_manifests(1_200, seed=31)

Decided = tuple[Message, Decision]


class Screened:
    """A pipeline with two workers, fed bit by bit, and what has been decided so far."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        pipeline.store_clear()
        self.ports = [free_port(), free_port()]
        for port in self.ports:
            pipeline.overrides["metrics.port"] = str(port)
            pipeline.spawn("worker", f"worker-{port}")
        pipeline.overrides["metrics.port"] = "0"
        self.published = 0
        self.decided: list[Decided] = []
        self._parcels = cycle(_MANIFESTS)
        self._producer = Producer({"bootstrap.servers": pipeline.bootstrap, "linger.ms": 1})
        self._admin = AdminClient({"bootstrap.servers": pipeline.bootstrap})
        self._reader = TopicReader(pipeline.settings.kafka, pipeline.decided)
        until(self._joined)

    def close(self) -> None:
        self._reader.close()

    def feed(self, count: int = CHUNK, **changes: Any) -> None:
        """Publish parcels with `changes`."""
        for _ in range(count):
            parcel = msgspec.structs.replace(next(self._parcels), **changes)
            topic = self.pipeline.settings.topics.manifests
            self._producer.produce(topic, encode(parcel), str(self.published))
            self.published += 1
        assert not self._producer.flush(PATIENCE)

    def fed_until(self, ready: Callable[[], bool]) -> float:
        """Go on publishing and reading until `ready`; return how long it took, in seconds."""
        started = time.monotonic()

        def step() -> bool:
            self.feed()
            self.read(PAUSE)
            return ready()

        until(step)
        return time.monotonic() - started

    def drained(self) -> list[Decision]:
        """Return all decisions, when there is one for each parcel."""
        until(lambda: self.read(0.2) >= self.published)
        return [decision for _, decision in self.decided]

    def read(self, wait_seconds: float) -> int:
        """Read what has been decided; return how many decisions there are."""
        while records := self._reader.read(5_000, wait_seconds):
            self.decided += [(record, decode_decision(record.value())) for record in records]
            wait_seconds = 0.0
        return len(self.decided)

    def newest(self, field: str) -> dict[str, str]:
        """Return what stands in a field of each input partition's last decision."""
        return {
            partition: getattr(decisions[-1][1], field)
            for partition, decisions in self.by_partition().items()
        }

    def by_partition(self) -> dict[str, list[Decided]]:
        """Return the decisions of each partition of the manifests, in its order."""
        found: dict[str, list[Decided]] = defaultdict(list)
        for record, decision in self.decided:
            found[decision.decision_id.split(":")[1]].append((record, decision))
        for decisions in found.values():
            decisions.sort(key=lambda one: int(one[1].decision_id.split(":")[2]))
        return found

    def _joined(self) -> bool:
        """Tell whether each worker has a partition."""
        group = self.pipeline.settings.worker.group
        asked = self._admin.describe_consumer_groups([group], request_timeout=2)
        try:
            found = asked[group].result()
        except KafkaException:
            return False  # there is no such group yet, or nobody who keeps it
        topic = self.pipeline.settings.topics.manifests
        held = [
            [one for one in member.assignment.topic_partitions if one.topic == topic]
            for member in found.members
        ]
        return len(held) == len(self.ports) and all(held)


def until(ready: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return when `ready()`; fail after a while."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


@contextmanager
def screened_by_two(make: PipelineMaker, **settings: str) -> Iterator[Screened]:
    """Start two workers with some settings, each with a partition of the manifests."""
    # With orders to read, one worker may have all the manifests and the other the orders.
    screened = Screened(make(profiles__mode="off", **settings))
    try:
        yield screened
    finally:
        screened.close()
