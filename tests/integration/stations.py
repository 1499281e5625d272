"""A worker with a store of its own that fails in many ways, and what it has decided."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Self

from confluent_kafka import Message
from redis import Redis

from schemas.codec import decode_decision, encode
from streams.kafka.reading import TopicReader
from streams.processes import free_port
from tests.conftest import started
from tests.factories import make_manifests
from tests.integration.profiles import (
    assert_same_profiles,
    expected_profiles,
    found_profiles,
)
from tests.integration.test_worker import scrape
from tests.pipeline import Pipeline
from tests.servers.distant import DistantRedis
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

PART: Final = 40
PATIENCE_SECONDS: Final = 20.0


class ReplicatedRedis(DistantRedis):
    """Redis with a replica behind one address, as clients of a sentinel or a service see them."""

    def __init__(self) -> None:
        super().__init__()
        self._replica = RedisServer()

    def start(self) -> Self:
        """Start both."""
        super().start()
        self._replica.start()
        self._follow()
        return self

    def stop(self) -> None:
        """Stop both."""
        self._replica.stop()
        super().stop()

    def part(self) -> None:
        """Let the replica hear nothing any more: what is written from now on is on one of them."""
        Redis.from_url(self._replica.url).replicaof("NO", "ONE")

    def fail_over(self) -> None:
        """End the primary; the replica takes its place with what it has."""
        self.kill()
        self.proxy.move(self._replica.address)

    def _follow(self) -> None:
        replica = Redis.from_url(self._replica.url)
        replica.replicaof(*self.address.split(":"))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while replica.info("replication")["master_link_status"] != "up":
            assert time.monotonic() < deadline
            time.sleep(0.05)


class Station:
    """A worker with a store of its own, and all that it has decided."""

    def __init__(self, kafka: ApacheKafka, redis: RedisServer, folder: Path, mode: str) -> None:
        self.redis = redis
        self._port = free_port()
        self._log = folder / "worker-0.log"
        self._said = 0
        self.pipeline = Pipeline(
            kafka,
            redis,
            folder,
            topics__alerts=f"{folder.name}.alerts",
            profiles__when_down=mode,
            profiles__patience_seconds="0.3",
            store__timeout_seconds="0.3",
            metrics__port=str(self._port),
        )
        self._values = iter([encode(one) for one in make_manifests(4_000, seed=8)])
        self.published = 0
        self.decided: list[Message] = []
        self._manifests: list[Message] = []
        kafka_settings, topics = self.pipeline.settings.kafka, self.pipeline.settings.topics
        self._reader = TopicReader(kafka_settings, self.pipeline.decided)
        self._source = TopicReader(kafka_settings, [topics.manifests])
        self.worker = self.pipeline.spawn("worker")

    def next_part(self) -> list[bytes]:
        """Return some manifests that have not been published yet."""
        return [next(self._values) for _ in range(PART)]

    def publish(self) -> None:
        """Publish some more manifests."""
        part = self.next_part()
        self.published += self.pipeline.publish(self.pipeline.settings.topics.manifests, part)

    def decide_part(self) -> list[bool]:
        """Publish some more, wait until they are decided, and return which were degraded."""
        self.publish()
        return self.until_decided()

    def until_decided(self) -> list[bool]:
        """Wait for what was published; return which of the new decisions were degraded."""
        before = len(self.decided)
        self.until(lambda: len(self.collected()) >= self.published)
        return [decode_decision(one.value()).degraded for one in self.decided[before:]]

    def collected(self) -> Sequence[Message]:
        """Return all decisions so far."""
        self.decided += self._reader.read(5_000, 0.1)
        return self.decided

    @property
    def up(self) -> bool:
        """What the gauge says."""
        return "\ngreenlane_profiles_up 1.0" in scrape(self._port)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            assert time.monotonic() < deadline, self.worker.log_tail(20)

    def said(self) -> str:
        """Return what the worker has logged since this was last asked."""
        text = self._log.read_text()
        new, self._said = text[self._said :], len(text)
        return new

    def assert_exact(self) -> None:
        """Check that each manifest was decided once, and is in the profiles once."""
        ids = [decode_decision(one.value()).decision_id for one in self.collected()]
        assert len(set(ids)) == len(ids) == self.published
        while len(self._manifests) < self.published:
            self._manifests += self._source.read(5_000, 0.1)
        expected = expected_profiles(self.pipeline.settings, self._manifests)
        assert_same_profiles(found_profiles(self.pipeline.settings), expected)

    def close(self) -> None:
        """Stop the worker."""
        self._reader.close()
        self._source.close()
        self.pipeline.stop()


def serving(mode: str, redis: RedisServer, kafka: ApacheKafka, folder: Path) -> Iterator[Station]:
    """Yield a station."""
    try:
        with closing(Station(kafka, started(redis), folder, mode)) as made:
            made.decide_part()
            yield made
    finally:
        redis.stop()


def kill(station: Station) -> Callable[[], object]:
    """End the server; it comes back with its data."""
    station.redis.kill()
    return station.redis.start


def freeze(station: Station) -> Callable[[], object]:
    """Let the server do late what it was asked, when nobody waits for the answer any more."""
    pid = station.redis.pid or 0
    os.kill(pid, signal.SIGSTOP)
    return lambda: os.kill(pid, signal.SIGCONT)


def fill(station: Station) -> Callable[[], object]:
    """Leave the server no memory."""
    client = Redis.from_url(station.redis.url)
    client.config_set("maxmemory", "1mb")
    return lambda: client.config_set("maxmemory", "0")


def lock(station: Station) -> Callable[[], object]:
    """Set a password that the worker does not know, and end its connections."""
    client = Redis.from_url(station.redis.url)
    client.config_set("requirepass", "another")
    client.client_kill_filter(_type="normal", skipme=True)
    return lambda: Redis.from_url(station.redis.url, password="another").config_set(
        "requirepass", ""
    )


def demote(station: Station) -> Callable[[], object]:
    """Make the server a replica of nobody."""
    client = Redis.from_url(station.redis.url)
    client.replicaof("127.0.0.1", "9")
    return lambda: client.replicaof("NO", "ONE")


FAILURES = {
    "down": (kill, "no answer from the store"),
    "frozen": (freeze, "no answer from the store"),
    "out of memory": (fill, "the store is full"),
    "wrong password": (lock, "the store refuses us"),
    "read-only replica": (demote, "the store is a replica"),
}
