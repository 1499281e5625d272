"""A set of topics of a test's own on a running broker, our processes on it, and who counts."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    Message,
    Producer,
    TopicPartition,
)

from schemas.deadletter import Header
from streams.embedded import StoreServer
from streams.kafka.clients import admin_client
from streams.kafka.topics import create_topics
from streams.processes import ChildProcess, free_port
from streams.settings import Settings, environment_of, load_settings
from streams.store import connect

PATIENCE_SECONDS: Final = 60.0
_QUIET_SECONDS: Final = 0.8

_numbers = itertools.count(1)

_FAST: Final = {
    "kafka.session_timeout_ms": "2000",
    "kafka.heartbeat_interval_ms": "200",
    "kafka.fetch_wait_max_ms": "20",
    "policy.lottery_key": "test",
}


class Broker(Protocol):
    """A broker, or several."""

    @property
    def bootstrap_servers(self) -> str:
        """The addresses for Kafka clients."""


class Pipeline:
    """Topics, groups and processes of one test."""

    def __init__(self, broker: Broker, store: StoreServer, folder: Path, **settings: str) -> None:
        name = f"t{os.getpid()}-{next(_numbers)}"
        topics = (
            "manifests",
            "orders",
            "hold",
            "clear",
            "rejected",
            "outcomes",
            "training",
            "alerts",
            "lane_stats",
            "held_stats",
            "ioss_deltas",
            "ioss_ledger",
            "clearance",
        )
        self.overrides = {
            **_FAST,
            **{f"topics.{topic}": f"{name}.{topic}" for topic in topics},
            "topics.partitions": "2",
            "worker.group": f"{name}-worker",
            "learner.group": f"{name}-learner",
            "tower.group": f"{name}-tower",
            "tower.port": str(free_port()),
            "kafka.bootstrap_servers": broker.bootstrap_servers,
            "store.url": store.url,
            **{key.replace("__", "."): value for key, value in settings.items()},
        }
        self.settings: Settings = load_settings(self.overrides)
        self._folder = folder
        self.children: list[ChildProcess] = []
        create_topics(admin_client(self.settings.kafka), self.settings.topics)

    def spawn(
        self,
        command: str,
        instance: str = "0",
        more: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> ChildProcess:
        """Start one of our commands on this pipeline, with more settings and variables."""
        instances = {"worker.instance": instance, "tower.instance": instance}
        overrides = {**self.overrides, **instances, **(more or {})}
        log = self._folder / f"{command.split()[0]}-{instance}.log"
        arguments = [sys.executable, "-m", "streams.cli", *command.split()]
        variables = {**environment_of(overrides), **(environment or {})}
        child = ChildProcess(arguments, log, variables)
        child.start()
        self.children.append(child)
        return child

    def revive(self) -> int:
        """Do what a supervisor does: start again what has left; return how many did."""
        gone = [child for child in self.children if not child.running]
        for child in gone:
            child.start()
        return len(gone)

    def stop(self) -> None:
        """Stop every process that was started."""
        for child in self.children:
            child.stop()

    def store_clear(self) -> None:
        """Empty the store: models and waiting holds of earlier tests are none of this one's."""
        connect(self.settings.store).flushdb()

    def publish(
        self, topic: str, values: Iterable[bytes | None], headers: Sequence[Header] = ()
    ) -> int:
        """Produce values with a plain producer of the library's own; return their number."""
        options = {"message.max.bytes": 20_000_000, "enable.idempotence": True}
        producer = Producer({"bootstrap.servers": self.bootstrap, **options})
        count, refused = 0, Counter[str]()

        def note(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                refused[error.str()] += 1

        for value in values:
            producer.produce(topic, value, str(count), on_delivery=note, headers=list(headers))
            producer.poll(0)
            count += 1
        if producer.flush(PATIENCE_SECONDS) or refused:
            raise TimeoutError(f"{topic}: records were not acknowledged {dict(refused)}")
        return count

    @property
    def bootstrap(self) -> str:
        """Where the broker is."""
        return self.settings.kafka.bootstrap_servers

    def read(
        self, topics: Sequence[str], least: int, isolation: str = "read_committed"
    ) -> list[Message]:
        """Return all records of `topics`: at least `least`, and then until nothing more comes.

        It uses nothing of ours: a plain consumer that is assigned every partition.
        """
        options = {"group.id": "outsider", "isolation.level": isolation}
        with closing(Consumer({"bootstrap.servers": self.bootstrap, **options})) as consumer:
            consumer.assign(
                [
                    TopicPartition(topic, partition, OFFSET_BEGINNING)
                    for topic in topics
                    for partition in consumer.list_topics(topic, 10).topics[topic].partitions
                ]
            )
            return _until_quiet(consumer, least)

    @property
    def decided(self) -> list[str]:
        """Names of the topics that hold the answer to a manifest."""
        topics = self.settings.topics
        return [topics.hold, topics.clear, topics.rejected]


def _until_quiet(consumer: Consumer, least: int) -> list[Message]:
    records: list[Message] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    last = time.monotonic()
    while len(records) < least or time.monotonic() - last < _QUIET_SECONDS:
        if time.monotonic() > deadline:
            return records
        batch = [record for record in consumer.consume(5_000, 0.2) if record.error() is None]
        if batch:
            last = time.monotonic()
            records += batch
    return records
