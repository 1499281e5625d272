"""A profile store that is away, slow, full, locked, a replica or emptied, under a real worker.

Whatever happens, each manifest is decided once, and in the end each parcel is in the profiles once.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
from confluent_kafka import Message
from redis import Redis

from schemas.codec import decode_decision, encode
from streams.kafka.reading import TopicReader
from streams.processes import free_port
from streams.settings import environment_of
from tests.commands import run_greenlane
from tests.conftest import started
from tests.factories import make_manifests
from tests.integration.profiles import (
    assert_same_profiles,
    expected_profiles,
    found_profiles,
    order_of,
    stored_orders,
)
from tests.integration.test_worker import scrape
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

PART: Final = 40
PATIENCE_SECONDS: Final = 20.0


class DurableRedis(RedisServer):
    """Redis that has its data again after `kill` and `start`."""

    def _command(self, directory: Path, /) -> list[str]:
        return [*super()._command(directory), "--appendonly", "yes", "--appendfsync", "always"]


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


@pytest.fixture(scope="module")
def station(
    apache_kafka: ApacheKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    """A worker that waits for the store, through one failure after the other."""
    yield from serving("wait", DurableRedis(), apache_kafka, tmp_path_factory.mktemp("waiting"))


@pytest.fixture(scope="module")
def degrading(
    apache_kafka: ApacheKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    """A worker that decides without the store, if need be."""
    yield from serving(
        "degrade", DurableRedis(), apache_kafka, tmp_path_factory.mktemp("degrading")
    )


@pytest.fixture
def forgetting(apache_kafka: ApacheKafka, tmp_path: Path) -> Iterator[Callable[[str], Station]]:
    """Return a function that makes a station whose store forgets all when it is killed."""
    with ExitStack() as stack:
        serve = contextmanager(serving)
        yield lambda mode: stack.enter_context(serve(mode, RedisServer(), apache_kafka, tmp_path))


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


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.parametrize("failure", FAILURES)
def test_store_fails_for_a_while_decides_each_manifest_once_and_counts_each_parcel_once(
    station: Station, failure: str
) -> None:
    fail, reason = FAILURES[failure]
    station.said()
    mend = fail(station)
    station.publish()
    station.until(lambda: not station.up)
    assert len(station.collected()) == station.published - PART
    assert reason in station.said()
    mend()
    assert not any(station.until_decided())
    assert station.up
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.parametrize("failure", ["down", "frozen"])
def test_store_fails_where_decisions_may_be_degraded_decides_at_once_and_catches_up_later(
    degrading: Station, failure: str
) -> None:
    station, (fail, reason) = degrading, FAILURES[failure]
    station.said()
    mend = fail(station)
    assert all(station.decide_part())
    assert not station.up
    assert reason in station.said()
    mend()
    # Decisions stay degraded until what the store may have seen of them is behind.
    station.until(lambda: not any(station.decide_part()))
    assert station.up
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
def test_store_falls_back_to_an_earlier_state_catches_up_before_it_goes_on(
    station: Station,
) -> None:
    client = Redis.from_url(station.redis.url)
    earlier = {key: client.dump(key) for key in client.scan_iter(match="{greenlane:profiles:*")}
    station.decide_part()
    for key, state in earlier.items():
        client.restore(key, 0, state, replace=True)
    station.said()
    assert not any(station.decide_part())
    assert "are behind" in station.said()
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
def test_orders_that_came_while_decisions_were_degraded_are_stored_later(
    degrading: Station,
) -> None:
    settings = degrading.pipeline.settings
    orders = [order_of(one) for one in degrading.next_part() if b'"order_id"' in one]
    mend = kill(degrading)
    degrading.pipeline.publish(settings.topics.orders, orders[:10])
    assert all(degrading.decide_part())
    mend()
    degrading.until(lambda: not any(degrading.decide_part()))
    assert len(stored_orders(settings)) == 0
    degrading.pipeline.publish(settings.topics.orders, orders[10:])
    degrading.until(lambda: len(stored_orders(settings)) == len(orders))


def greenlane_rebuild(station: Station) -> None:
    """Rebuild the profiles of a store that somebody has opened since it was emptied."""
    done = run_greenlane(
        "profiles", "rebuild", environment=environment_of(station.pipeline.overrides)
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.kafka
@pytest.mark.redis
def test_store_comes_back_empty_ends_the_worker_until_profiles_are_rebuilt(
    forgetting: Callable[[str], Station],
) -> None:
    station = forgetting("wait")
    station.redis.kill()
    station.redis.start()
    station.publish()
    station.until(lambda: not station.worker.running)
    assert station.worker.returncode == 1
    assert "it was emptied or replaced; rebuild the profiles" in station.worker.log_tail(1)
    assert len(station.collected()) == station.published - PART
    greenlane_rebuild(station)
    station.worker.start()
    assert not any(station.until_decided())
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
def test_store_comes_back_empty_where_decisions_may_be_degraded_goes_on_without_profiles(
    forgetting: Callable[[str], Station],
) -> None:
    station = forgetting("degrade")
    station.redis.kill()
    station.redis.start()
    assert all(station.decide_part())
    assert not station.up
    assert "it was emptied or replaced; rebuild the profiles" in station.said()
    station.worker.stop()
    greenlane_rebuild(station)
    station.worker.start()
    assert not any(station.decide_part())
    station.assert_exact()
