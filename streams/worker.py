"""The screening worker: manifests in, exactly one decision or reject for each out."""

from __future__ import annotations

import gc
import logging
from collections import Counter
from typing import Final

from schemas.codec import RecordError, decode_manifest, encode
from schemas.decision import Decision
from schemas.manifest import Manifest
from scorers.features.extractor import Extractor
from scorers.lottery import Coordinates, Lottery
from scorers.model.model import ScoringModel
from scorers.policy import ShareBudget, SharePolicy
from scorers.screening import Screener
from scorers.specs import spec_named
from streams import clock, metrics
from streams.following import ModelFollower
from streams.kafka.batch import Batch
from streams.kafka.clients import transactional_consumer, transactional_producer
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.producing import Output
from streams.kafka.records import coordinates
from streams.rejects import reject
from streams.settings import Settings, TopicSettings
from streams.snapshots import SnapshotStore
from streams.stopping import StopSignal
from streams.store import connect

log = logging.getLogger(__name__)

_WAIT_SECONDS: Final = 0.2
"""Longest time between two looks at the stop signal."""

_GC_THRESHOLD: Final = 100_000
"""Batches make many containers and no cycles; collecting every 700 of them costs a quarter."""


class ScreeningHandler:
    """Turns a batch of manifest records into the records to produce."""

    def __init__(self, screener: Screener, topics: TopicSettings) -> None:
        self._screener = screener
        self._topics = topics
        self.decided: Counter[tuple[str, str]] = Counter()
        self.rejected = 0

    def use(self, model: ScoringModel) -> None:
        """Score with `model` from the next batch on."""
        self._screener.use(model)
        metrics.MODEL_LABELS.set(model.labels)

    def __call__(self, batch: Batch) -> list[Output]:
        """Return a decision or a reject for every record of the batch."""
        manifests: list[Manifest] = []
        read_at: list[Coordinates] = []
        outputs: list[Output] = []
        for message in batch.messages:
            try:
                manifests.append(decode_manifest(message.value()))
            except RecordError as error:
                outputs.append(reject(message, error, self._topics.rejected))
            else:
                read_at.append(coordinates(message))
        self.rejected = len(outputs)
        decisions = self._screener.screen(manifests, read_at)
        self.decided = Counter((decision.action, decision.arm) for decision in decisions)
        outputs += map(self._output, decisions)
        return outputs

    def _output(self, decision: Decision) -> Output:
        topic = self._topics.hold if decision.action == "hold" else self._topics.clear
        return Output(topic, decision.item_id, encode(decision))


class Worker:
    """Runs the screening handler until it is told to stop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._handler = ScreeningHandler(build_screener(settings), settings.topics)
        spec = spec_named(settings.model.spec)
        self._follower = ModelFollower(
            SnapshotStore(connect(settings.store, retries=0), spec.version),
            settings.worker.instance,
            settings.worker.model_poll_seconds,
            clock.monotonic,
        )
        group = settings.worker.group
        self._wait = min(_WAIT_SECONDS, settings.worker.model_poll_seconds)
        self._loop = ExactlyOnceLoop(
            transactional_consumer(settings.kafka, group),
            transactional_producer(settings.kafka, f"{group}-{settings.worker.instance}"),
            [settings.topics.manifests],
            self._handler,
        )

    def run(self, stop: StopSignal) -> None:
        """Screen until `stop` is set, then leave the group."""
        gc.set_threshold(_GC_THRESHOLD)
        try:
            while not stop.is_set():
                self.step()
        finally:
            self._loop.close()

    def step(self) -> int:
        """Screen one batch, with the newest model; return how many records were committed."""
        model = self._follower.newer()
        if model is not None:
            self._handler.use(model)
            log.info("model with %d labels in use", model.labels)
        aborts = self._loop.aborts
        started = clock.monotonic()
        done = self._loop.step(self._settings.worker.batch_size, self._wait)
        if done:
            self._count(done, clock.monotonic() - started)
        metrics.ABORTS.inc(self._loop.aborts - aborts)
        return done

    def _count(self, done: int, seconds: float) -> None:
        metrics.MANIFESTS.inc(done)
        metrics.REJECTS.labels(self._settings.topics.manifests).inc(self._handler.rejected)
        metrics.BATCH_SECONDS.observe(seconds)
        for (action, arm), count in self._handler.decided.items():
            metrics.DECISIONS.labels(action, arm).inc(count)


def build_screener(settings: Settings) -> Screener:
    """Return the screener that `settings` describe, with an empty model."""
    policy = settings.policy
    return Screener(
        Extractor(spec_named(settings.model.spec), settings.model.bits),
        SharePolicy(ShareBudget(policy.hold_share, policy.explore_share), policy.window),
        Lottery(policy.lottery_key.get_secret_value().encode()),
    )
