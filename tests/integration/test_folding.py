"""What a tower takes in when partitions move: all records, in order, since it last began anew."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, cast

import faust
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic

from schemas.alert import Alert
from streams.kafka.clients import admin_client
from streams.processes import free_port
from streams.settings import Settings, load_settings
from streams.tower.application import RAW, new_app
from streams.tower.committed import CommittedConsumer
from streams.tower.folding import Folding
from tests.servers.kafka import ApacheKafka

PATIENCE_SECONDS: Final = 60.0
SESSION_SECONDS: Final = 2.0
MOMENT: Final = 0.5

_numbers = itertools.count(1)


class Taken:
    """A keeper that notes what it was given since it began anew, and how often it was kept."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.kept = 0
        self.then: Callable[[], object] = str
        """What is done after a record."""

    def take(self, _partition: int, offset: int, _value: bytes | None) -> Iterable[Alert]:
        self.offsets.append(offset)
        self.then()
        return ()

    def keep(self) -> None:
        self.kept += 1

    def reload(self) -> None:
        self.offsets.clear()


class Running:
    """An application that folds a topic of one partition."""

    def __init__(self, kafka: ApacheKafka, folder: Path) -> None:
        name = f"fold{os.getpid()}-{next(_numbers)}"
        settings = _settings(kafka, name)
        self.topic = f"{name}.records"
        admin = admin_client(settings.kafka)
        admin.create_topics([NewTopic(self.topic, 1, 1)])[self.topic].result()
        self._producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
        self.app: faust.App = new_app(settings, folder)
        self.folding = Folding(self.app, self.app.topic(f"{name}.alerts", **RAW))
        self.taken = Taken()
        self.folding.add(self.taken, self.app.topic(self.topic, **RAW))
        self.app.Table("nothing", partitions=1).on_recover(self._recovered)

    @property
    def consumer(self) -> CommittedConsumer:
        """The application's consumer."""
        return cast("CommittedConsumer", self.app.consumer)

    def publish(self, count: int) -> None:
        """Publish records."""
        for _ in range(count):
            self._producer.produce(self.topic, b"x")
        assert self._producer.flush(PATIENCE_SECONDS) == 0

    async def stop_fetching(self) -> None:
        """Let nobody fetch any more, and go back to the beginning."""
        await self.app._fetcher.stop()  # type: ignore[attr-defined]
        # What it still waits for comes to nobody.
        self.publish(1)
        await asyncio.sleep(MOMENT)
        await self.consumer.perform_seek()

    async def fetch(self) -> None:
        """Let the taker have what is fetched next."""
        async for _ in self.consumer.getmany(PATIENCE_SECONDS):
            raise AssertionError("a record has no taker")

    async def took(self, count: int) -> list[int]:
        """Wait for so many records, and return their offsets."""
        await until(lambda: len(self.taken.offsets) >= count)
        return self.taken.offsets

    async def _recovered(self) -> None:
        self.folding.reload()


def _settings(kafka: ApacheKafka, name: str) -> Settings:
    return load_settings(
        {
            "kafka.bootstrap_servers": kafka.bootstrap_servers,
            "kafka.session_timeout_ms": str(int(SESSION_SECONDS * 1000)),
            "kafka.heartbeat_interval_ms": "200",
            "topics.partitions": "1",
            "tower.group": name,
            "tower.port": str(free_port()),
        }
    )


async def until(true: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@asynccontextmanager
async def running(kafka: ApacheKafka, folder: Path) -> AsyncIterator[Running]:
    """Yield an application that has taken in ten records, of which nothing is acknowledged."""
    one = Running(kafka, folder)
    one.publish(10)
    await one.app.start()
    try:
        await one.took(10)
        yield one
    finally:
        await one.app.stop()


def failing() -> None:
    """Be wrong."""
    raise ValueError("a fold that is wrong")


Case = Callable[[Running], Awaitable[None]]


@pytest.fixture
def run(apache_kafka: ApacheKafka, tmp_path: Path) -> Callable[[Case], None]:
    """Return a function that runs a case on an application of its own."""

    async def with_one(case: Case) -> None:
        async with running(apache_kafka, tmp_path) as one:
            await case(one)

    return lambda case: asyncio.run(with_one(case))


@pytest.mark.kafka
def test_stream_resumed_where_nothing_was_committed_is_read_from_the_beginning_in_order(
    run: Callable[[Case], None],
) -> None:
    async def case(one: Running) -> None:
        consumer: Any = one.consumer
        partitions = consumer.assignment()
        consumer.pause_partitions(partitions)
        one.folding.reload()
        one.publish(10)
        consumer.resume_partitions(partitions)
        # Time in which a stream that is resumed before the seek would go on where it was.
        await asyncio.sleep(MOMENT)
        await consumer.perform_seek()
        assert await one.took(20) == list(range(20))
        assert one.folding.lag() == {one.topic: 0}

    run(case)


@pytest.mark.kafka
def test_records_fetched_before_a_seek_are_dropped(run: Callable[[Case], None]) -> None:
    async def case(one: Running) -> None:
        await one.stop_fetching()
        one.taken.offsets.clear()
        one.taken.then = one.consumer._thread.renew
        await one.fetch()
        assert one.taken.offsets == [0]
        await one.consumer.perform_seek()
        await one.fetch()
        assert one.taken.offsets == [0, 0]

    run(case)


@pytest.mark.kafka
def test_fold_that_fails_ends_the_application_and_commits_nothing(
    run: Callable[[Case], None],
) -> None:
    async def case(one: Running) -> None:
        one.taken.then = failing
        one.publish(1)
        await until(lambda: one.app.crashed)
        assert isinstance(one.app.crash_reason, ValueError)

    run(case)


@pytest.mark.kafka
def test_records_that_come_when_partitions_were_paused_meanwhile_are_not_lost(
    run: Callable[[Case], None],
) -> None:
    async def case(one: Running) -> None:
        consumer: Any = one.consumer
        await one.stop_fetching()
        partitions = consumer.assignment()
        while await consumer._thread.getmany(set(partitions), timeout=MOMENT):
            pass
        active = set(partitions)
        waiting = asyncio.create_task(consumer._thread.getmany(active, timeout=PATIENCE_SECONDS))
        await asyncio.sleep(MOMENT)
        active.clear()
        one.publish(1)
        assert await waiting == {}
        await one.fetch()
        assert one.taken.offsets[-1] == 11

    run(case)


@pytest.mark.kafka
def test_nothing_is_kept_between_revocation_and_reload(run: Callable[[Case], None]) -> None:
    async def case(one: Running) -> None:
        await one.folding.flush()
        assert one.taken.kept == 1
        await one.app.on_partitions_revoked.send(set())
        await one.folding.flush()
        assert one.taken.kept == 1
        one.folding.reload()
        await one.folding.flush()
        assert one.taken.kept == 2

    run(case)


@pytest.mark.kafka
def test_tower_that_hung_for_longer_than_its_session_keeps_nothing(
    run: Callable[[Case], None],
) -> None:
    async def case(one: Running) -> None:
        loop = asyncio.get_running_loop()
        for hang in (loop.call_soon, one.consumer._thread.thread_loop.call_soon_threadsafe):
            hang(time.sleep, SESSION_SECONDS * 1.5)
        for _ in range(2):
            await one.folding.flush()
            assert one.taken.kept == 0

    run(case)
