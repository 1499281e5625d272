"""The learner: joins outcomes to holds, and trains the model on what that gives."""

from __future__ import annotations

from functools import partial
from typing import Final

from streams import clock
from streams.announcing import Announcer
from streams.contest.opening import challengers, is_runnable, log_end, main_lineage
from streams.contest.referee import Referee
from streams.contest.scoreboard import Scoreboard
from streams.drift.silence import SilenceWatch
from streams.drift.watch import DriftAlarm, DriftWatch
from streams.finding import PastFinder
from streams.health import Health
from streams.joining import Joined, JoinHandler
from streams.kafka.clients import plain_producer, reading_consumer, transactional_consumer
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.handling import AtOnce
from streams.kafka.positions import Positions, committed_position
from streams.kafka.transactions import open_transactions
from streams.label_sources import LabelSources, limits_of
from streams.memory import settle
from streams.metering import LoopMeter
from streams.profiles.counting import OutcomeCounter
from streams.profiles.opening import identities_of, profile_store
from streams.queueing import InspectionQueue
from streams.registry.choosing import ModelChooser
from streams.registry.opening import open_registry
from streams.registry.records import MAIN
from streams.settings import Settings
from streams.stopping import StopSignal
from streams.store import connect
from streams.store_watch import StoreWatch
from streams.training import Schedule, Trainer
from streams.waiting import WaitingRoom

_JOIN_WAIT_SECONDS: Final = 0.1
_TRAIN_WAIT_SECONDS: Final = 0.02
_DAY_SECONDS: Final = 86_400

_MEMORY: Final = 5_000
"""Labels that are looked at again after a restart, to know what has been usual."""


class Learner:
    """One process, two steps in turn. A second one fences the first: there is a single writer."""

    def __init__(self, settings: Settings, health: Health) -> None:
        self._settings = settings
        store = connect(settings.store)
        learner, topics = settings.learner, settings.topics
        producer = plain_producer(settings.kafka)
        self._announcer = Announcer(producer, topics, clock.utc_now)
        self._trainer = build_trainer(settings, self._announcer)
        self._silence = build_silence_watch(settings, self._announcer)
        self._holds_joined = self._labels_joined = 0
        self._sources = LabelSources(store, limits_of(learner), self._announcer, clock.monotonic)
        consumer = transactional_consumer(settings.kafka, learner.group)
        positions = Positions(partial(committed_position, consumer))
        keep_seconds = int(learner.outcome_wait_days * _DAY_SECONDS)
        handler = JoinHandler(
            WaitingRoom(store, keep_seconds, positions.is_committed),
            InspectionQueue(store, clock.monotonic, settings.policy.queue_hours),
            topics,
            learner.mini_batch,
            self._sources.guard,
            PastFinder(settings),
            positions,
            self._joined,
        )
        self._join = ExactlyOnceLoop(
            consumer,
            open_transactions(settings.kafka, learner.group),
            [topics.hold, topics.outcomes],
            AtOnce(handler),
            handler.committed,
            meter=LoopMeter("outcomes", health, clock.monotonic, clock.utc_now),
        )
        self._counter = build_counter(settings)
        self._store_watch = StoreWatch(connect(settings.store, retries=0), health, clock.monotonic)

    def run(self, stop: StopSignal) -> None:
        """Join and train until `stop` is set, then publish a last snapshot."""
        settle()
        try:
            while not stop.is_set():
                self.step()
        finally:
            self.close()

    def close(self) -> None:
        """Publish a last snapshot, and leave."""
        self._join.close()
        self._trainer.close()
        self._sources.save()
        self._announcer.close()
        if self._counter is not None:
            self._counter.close()

    @property
    def labels(self) -> int:
        """How many labels the main model has learnt."""
        return self._trainer.model.labels

    def _joined(self, joined: Joined) -> None:
        self._sources.quarantined(joined.quarantined)
        self._labels_joined += joined.labels
        self._holds_joined += joined.holds

    def step(self) -> None:
        """Join one batch, then learn what is at hand."""
        self._holds_joined = self._labels_joined = 0
        self._store_watch.look()
        self._join.step(self._settings.learner.batch_size, _JOIN_WAIT_SECONDS)
        self._silence.note(self._holds_joined, self._labels_joined)
        self._trainer.step(_TRAIN_WAIT_SECONDS)
        if self._counter is not None:
            self._counter.step(0)


def build_trainer(settings: Settings, announcer: Announcer) -> Trainer:
    """Return the trainer that `settings` describe, resumed from the last snapshots."""
    consumer = reading_consumer(settings.kafka)
    topic, learner = settings.topics.training, settings.learner
    main = main_lineage(settings)
    others = challengers(settings, log_end(consumer, topic))
    runnable = [MAIN, *(one.name for one in others if is_runnable(one, main))]
    watch = DriftWatch(main.recipe.extractor.spec, settings.drift)
    referee = Referee(
        Scoreboard(settings.policy.hold_share),
        DriftAlarm(watch, announcer, main.next_offset),
        ModelChooser(open_registry(settings), announcer, clock.utc_now),
        announcer,
        runnable,
        settings.drift,
        settings.promotion,
    )
    schedule = Schedule(learner.snapshot_seconds, learner.version_seconds, clock.monotonic)
    keep = settings.model.keep_versions
    return Trainer(consumer, topic, main, others, referee, schedule, keep, clock.utc_now, _MEMORY)


def build_silence_watch(settings: Settings, announcer: Announcer) -> SilenceWatch:
    """Return what tells when labels stop."""
    return SilenceWatch(
        settings.drift.silent_hours,
        settings.drift.when_silent,
        ModelChooser(open_registry(settings), announcer, clock.utc_now),
        announcer,
        clock.monotonic,
    )


def build_counter(settings: Settings) -> OutcomeCounter | None:
    """Return what counts outcomes in the profiles, if there are any."""
    if settings.profiles.mode == "off":
        return None
    consumer = reading_consumer(settings.kafka)
    store, identities = profile_store(settings), identities_of(settings)
    return OutcomeCounter(consumer, settings.topics.training, store, identities)
