"""The control tower: which topics it folds into which books."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any, Final

from confluent_kafka import KafkaException
from faust.types import TopicT

from scorers.tower.episodes import LAST_SECONDS
from streams import clock
from streams.health import Health
from streams.kafka.clients import transactional_consumer
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.handling import AtOnce
from streams.kafka.transactions import TransactionFatalError, open_transactions
from streams.metering import LoopMeter
from streams.profiles.opening import identities_of
from streams.settings import Settings
from streams.stopping import StopSignal
from streams.store import STORE_ERRORS, connect
from streams.store_watch import StoreWatch
from streams.tower.application import RAW, new_app
from streams.tower.exporting import export
from streams.tower.folding import Folding
from streams.tower.joining import JoinStep
from streams.tower.keepers import HeldKeeper, LaneKeeper, LedgerKeeper, entry_version
from streams.tower.passing import Passages
from streams.tower.shelf import Shelf

_TELL_SECONDS: Final = 0.5
_WATCH_SECONDS: Final = 10.0
_JOIN_BATCH: Final = 5_000
_JOIN_WAIT_SECONDS: Final = 0.5
_JOIN_PAUSE_SECONDS: Final = 0.5
"""Nobody waits for these figures, and a few large fetches and transactions cost less than many."""

_FETCH: Final = {"fetch.min.bytes": 4 * 1024 * 1024, "fetch.wait.max.ms": 300}
_STREAMS: Final = ("lanes", "ledger", "held")
_DAY_SECONDS: Final = 86_400


class Tower:
    """The Faust application with its books."""

    def __init__(self, settings: Settings, folder: Path, health: Health) -> None:
        topics, tower = settings.topics, settings.tower
        self._settings = settings
        self._health = health
        self.app = new_app(settings, folder)
        alerts = self._topic(topics.alerts)
        self.folding = Folding(self.app, alerts, topics.cloudevents_source)
        lanes = Shelf(self.app, "lanes")
        ledger = Shelf(self.app, "ledger", self._compacted(topics.ioss_ledger), entry_version)
        self.lanes, self.ledger = LaneKeeper(lanes), LedgerKeeper(ledger)
        self.folding.add(self.lanes, self._topic(topics.lane_stats))
        self.folding.add(self.ledger, self._topic(topics.ioss_deltas))
        held = Shelf(self.app, "held")
        self.held = HeldKeeper(held)
        self.folding.add(self.held, self._topic(topics.held_stats))
        for shelf in (lanes, ledger, held):
            shelf.table.on_recover(self._recovered)
        self.join = JoinStep(
            topics,
            Passages(connect(settings.store), int(tower.wait_days * _DAY_SECONDS)),
            identities_of(settings),
        )
        self._stop = StopSignal()
        self.ready = False
        self.failure: Exception | None = None
        self.app.task(self._run_join)
        self.app.timer(tower.flush_seconds)(self.folding.flush)
        self.app.timer(_TELL_SECONDS)(self.folding.tell)
        self.app.timer(_WATCH_SECONDS)(self._watch)

    async def _run_join(self) -> None:
        """Run the join step in a thread of its own; what ends it ends the process in good order.

        A crash would do so too, with the tracebacks of Faust's own tasks that it cancels.
        """
        self.app.on_before_shutdown.connect(self._shutting_down)
        try:
            await asyncio.to_thread(self._join_until_stopped)
        except (KafkaException, TransactionFatalError, *STORE_ERRORS) as error:
            self.failure = error
            signal.raise_signal(signal.SIGTERM)

    async def _shutting_down(self, *_: object, **__: object) -> None:
        self._stop.set()

    def _join_until_stopped(self) -> None:
        settings = self._settings
        topics, group = settings.topics, f"{settings.tower.group}-join"
        self.join.warm_up()
        loop = ExactlyOnceLoop(
            transactional_consumer(settings.kafka, group, _FETCH),
            open_transactions(settings.kafka, f"{group}-{settings.tower.instance}"),
            [topics.hold, topics.outcomes, topics.clearance],
            AtOnce(self.join),
            meter=LoopMeter("passages", self._health, clock.monotonic, clock.utc_now),
        )
        store = StoreWatch(connect(settings.store, retries=0), self._health, clock.monotonic)
        try:
            while not self._stop.is_set():
                store.look()
                if loop.step(_JOIN_BATCH, _JOIN_WAIT_SECONDS) < _JOIN_BATCH:
                    self._stop.wait(_JOIN_PAUSE_SECONDS)
        finally:
            loop.close()

    def health(self) -> dict[str, Any]:
        """Return how far the streams are, and what was left out."""
        books = self.lanes.books.values()
        return {
            "ready": self.ready,
            "partitions": sorted(self.lanes.partitions()),
            "parcels": sum(book.slots.parcels() for book in books),
            "latest_second": max((book.slots.latest for book in books), default=None),
            "series": sum(len(book.slots.names) for book in books),
            "untracked": sum(book.slots.names.untracked for book in books),
            "too_late": sum(book.slots.too_late for book in books),
            "unreadable": self.folding.unreadable + self.join.unreadable,
            "refused": sum(book.refused for book in self.ledger.books.values()),
            "lag": self.lag(),
            "last_seconds": LAST_SECONDS,
        }

    def lag(self) -> dict[str, int]:
        """Return how many records of each stream are not folded yet."""
        topics = self._settings.topics
        behind = self.folding.lag()
        names = (topics.lane_stats, topics.ioss_deltas, topics.held_stats)
        return {name: behind[topic] for name, topic in zip(_STREAMS, names, strict=True)}

    async def _watch(self) -> None:
        """Let the metrics say how the tables are."""
        self._health.beat("tables")
        export(self.health(), self.held.dwell.values())

    async def _recovered(self) -> None:
        self.folding.reload()
        self.ready = True

    def _topic(self, name: str) -> TopicT:
        return self.app.topic(name, **RAW)

    def _compacted(self, name: str) -> TopicT:
        return self.app.topic(
            name,
            **RAW,
            internal=True,
            compacting=True,
            deleting=False,
            maxsize=131_072,
            partitions=self.app.conf.topic_partitions,
        )
