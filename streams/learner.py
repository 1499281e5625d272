"""The learner: joins outcomes to holds, and trains the model on what that gives."""

from __future__ import annotations

from typing import Final

from scorers.features.extractor import Extractor
from scorers.model.ftrl import FTRLSettings
from scorers.specs import spec_named
from streams import clock
from streams.joining import JoinHandler
from streams.kafka.clients import (
    reading_consumer,
    transactional_consumer,
    transactional_producer,
)
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.handling import AtOnce
from streams.profiles.counting import OutcomeCounter
from streams.profiles.opening import profile_store
from streams.queueing import InspectionQueue
from streams.settings import Settings
from streams.snapshots import SnapshotStore
from streams.stopping import StopSignal
from streams.store import connect
from streams.training import Trainer
from streams.waiting import WaitingRoom

_JOIN_WAIT_SECONDS: Final = 0.1
_TRAIN_WAIT_SECONDS: Final = 0.02
_DAY_SECONDS: Final = 86_400


class Learner:
    """One process, two steps in turn. A second one fences the first: there is a single writer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._trainer = build_trainer(settings)
        store = connect(settings.store)
        learner, topics = settings.learner, settings.topics
        room = WaitingRoom(store, int(learner.outcome_wait_days * _DAY_SECONDS))
        queue = InspectionQueue(store, clock.monotonic, clock.utc_now, settings.policy.queue_hours)
        handler = JoinHandler(room, queue, topics, learner.mini_batch)
        self._join = ExactlyOnceLoop(
            transactional_consumer(settings.kafka, learner.group),
            transactional_producer(settings.kafka, learner.group),
            [topics.hold, topics.outcomes],
            AtOnce(handler),
            handler.committed,
        )

        self._counter = build_counter(settings)

    def run(self, stop: StopSignal) -> None:
        """Join and train until `stop` is set, then publish a last snapshot."""
        try:
            while not stop.is_set():
                self.step()
        finally:
            self._join.close()
            self._trainer.close()
            if self._counter is not None:
                self._counter.close()

    def step(self) -> None:
        """Join one batch, then learn what is at hand."""
        self._join.step(self._settings.learner.batch_size, _JOIN_WAIT_SECONDS)
        self._trainer.step(_TRAIN_WAIT_SECONDS)
        if self._counter is not None:
            self._counter.step(0)


def build_trainer(settings: Settings) -> Trainer:
    """Return the trainer that `settings` describe, resumed from the last snapshot."""
    model = settings.model
    spec = spec_named(model.spec)
    return Trainer(
        reading_consumer(settings.kafka),
        settings.topics.training,
        Extractor(spec, model.bits),
        SnapshotStore(connect(settings.store), spec.version),
        FTRLSettings(model.alpha, model.beta, model.l1, model.l2),
        settings.learner.snapshot_seconds,
        clock.monotonic,
    )


def build_counter(settings: Settings) -> OutcomeCounter | None:
    """Return what counts outcomes in the profiles, if there are any."""
    if settings.profiles.mode == "off":
        return None
    consumer = reading_consumer(settings.kafka)
    return OutcomeCounter(consumer, settings.topics.training, profile_store(settings))
