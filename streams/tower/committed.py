"""Faust's Kafka transport, which reads committed records only and resumes where it must.

Faust passes each record on to an agent by way of a queue and five tasks, and looks for the markers
of transactions among what was acknowledged: a fifth of a millisecond a record. Here what has a
taker is given to it as it is fetched, and positions are committed as they are told.

Workers write in transactions, and one that is aborted leaves its records in the log. Faust hides
them only from applications that are transactional themselves, which the tower is not.

When partitions move, Faust 0.15 lets the stream run on before it has gone back to what was
committed, and does not go back at all where nothing was committed yet. What the agents had taken
in before is forgotten then, so records would be left out for good. Here a partition is read again
only after the seek, which goes to the beginning if need be, and what was fetched before is dropped.
A fetch that is under way when partitions move takes from whichever it likes; that is put back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, Message

from streams.tower.numbered import NumberedProducer

_SETTINGS: Final = {
    "_isolation_level": "read_committed",
    # A few large fetches a second cost less than one for every record, and nobody waits for them.
    "_fetch_min_bytes": 4 * 1024 * 1024,
    "_fetch_max_wait_ms": 300,
}
"""What aiokafka reads when a consumer starts, and Faust has no settings for."""

_AT_ONCE: Final = 20
"""Records that are taken before others have their turn: some milliseconds."""

Take = Callable[[Message], None]
"""Takes in a record. Whatever it raises ends the application."""


class _Thread(driver.AIOKafkaConsumerThread):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._span = self._fetched_in = object()

    def renew(self) -> None:
        """From now on positions are others: what has been fetched is not wanted any more."""
        self._span = object()

    def outdated(self) -> bool:
        """Return whether positions have changed since the last fetch."""
        return self._fetched_in is not self._span

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go to what was committed, or to the beginning."""
        return cast("Mapping[TP, int]", await self.call_thread(self._seek))

    async def _seek(self) -> Mapping[TP, int | None]:
        consumer = self._ensure_consumer()
        committed: Mapping[TP, int | None] = await consumer.seek_to_committed()
        changelogs = self.app.tables.changelog_topics
        new = [tp for tp, at in committed.items() if not at and tp.topic not in changelogs]
        if new:
            await consumer.seek_to_beginning(*new)
        self.renew()
        return committed

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Tell of a partition that stands still, but not while its position is being found."""
        # aiokafka asserts that there is one, and another thread may be looking for it.
        with suppress(AssertionError):
            super().verify_event_path(now, tp)

    async def on_thread_stop(self) -> None:
        """Stop the consumer, also while it waits to fetch again from a broker that is away."""
        # aiokafka cancels that wait, and lets it be known as if we had been cancelled.
        with suppress(asyncio.CancelledError):
            await super().on_thread_stop()

    async def is_member(self) -> bool:
        """Ask the broker whether partitions are still ours: it may have given us up for dead."""
        return bool(await self.call_thread(self._beat))

    async def _beat(self) -> bool:
        coordinator = self._ensure_consumer()._coordinator
        return bool(await coordinator._do_heartbeat())

    async def _fetch_records(
        self, consumer: Any, active_partitions: set[TP], *args: Any, **kwargs: Any
    ) -> Any:
        found = await super()._fetch_records(consumer, active_partitions, *args, **kwargs)
        records = dict(found)
        # Nothing else runs in this thread between the fetcher's last look at positions and here.
        self._fetched_in = self._span
        # If all were paused meanwhile, aiokafka gives records of all, and Faust drops them.
        for partition in [one for one in records if one not in active_partitions]:
            consumer.seek(partition, records.pop(partition)[0].offset)
        return records

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        for setting, value in _SETTINGS.items():
            if not hasattr(consumer, setting):
                raise RuntimeError(f"aiokafka: expected a consumer with {setting}, got none")
            setattr(consumer, setting, value)
        return consumer


class CommittedConsumer(driver.Consumer):
    """The consumer of a tower."""

    _thread: _Thread
    transport: CommittedTransport

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._resuming: set[TP] = set()

    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def is_member(self) -> bool:
        """Return whether the broker says that partitions are still ours."""
        return await self._thread.is_member()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        self._thread.renew()
        self._resuming.clear()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self._thread.renew()
        await super().on_partitions_assigned(assigned, generation_id)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Resume changelogs now, and streams when their positions are right."""
        changelogs = self.app.tables.changelog_topics
        streams = {tp for tp in tps if tp.topic not in changelogs}
        self._resuming |= streams
        super().resume_partitions(set(tps) - streams)

    async def perform_seek(self) -> None:
        await super().perform_seek()
        super().resume_partitions(self._resuming)
        self._resuming.clear()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Give what was fetched since positions last changed to its takers; yield the rest."""
        takers = self.transport.takers
        taken = 0
        async for tp, message in super().getmany(timeout):
            if self._thread.outdated():
                return
            take = takers.get(tp.topic)
            if take is None:
                yield tp, message
                continue
            take(message)
            taken += 1
            if taken % _AT_ONCE == 0:
                await asyncio.sleep(0)

    async def commit_positions(self, positions: Mapping[TP, int]) -> bool:
        """Let whoever has these partitions next read on from here; return whether that is so."""
        return await self._commit(positions)


class CommittedTransport(driver.Transport):
    """The tower's transport; `takers` are told by topic."""

    Consumer = CommittedConsumer
    Producer = NumberedProducer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takers: dict[str, Take] = {}
