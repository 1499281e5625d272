"""The screening worker: manifests in, exactly one decision or reject for each out."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import uuid4

from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.budgets.ledger import Ledger
from scorers.features.extractor import Extractor
from scorers.lottery import Lottery
from scorers.policybook import PolicyBook
from scorers.screening import Screener
from scorers.specs import spec_named
from streams import clock, metrics
from streams.aggregates import Aggregates
from streams.alerting import follow_alerts
from streams.budget_store import StoreLedger
from streams.following import ModelFollower
from streams.heading import Headings
from streams.health import Health
from streams.kafka.clients import transactional_consumer
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.reaching import require_broker
from streams.kafka.transactions import open_transactions
from streams.memory import give_back, settle
from streams.metering import LoopMeter
from streams.policies import PolicyFollower
from streams.profiles.asking import Profiling
from streams.profiles.catching_up import ProfileReplayer
from streams.profiles.opening import identities_of, profile_store
from streams.profiles.ordering import OrderIntake
from streams.profiles.tolerating import Tolerance
from streams.profiles.visiting import ProfileVisitor
from streams.queueing import InspectionQueue
from streams.registry.opening import open_registry
from streams.screening import ScreeningHandler
from streams.settings import Settings
from streams.stopping import StopSignal
from streams.store import connect

log = logging.getLogger(__name__)

_WAIT_SECONDS: Final = 0.2
"""Longest time between two looks at the stop signal."""

_GIVE_BACK_SECONDS: Final = 5.0
"""So often, memory that was freed is given back: fetches of a backlog leave holes in it."""


class Worker:
    """Runs the screening handler until it is told to stop."""

    def __init__(self, settings: Settings, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._gave_back = clock.monotonic()
        self._policies = PolicyFollower(settings.policy, clock.monotonic, clock.utc_now)
        require_broker(settings.kafka)  # after files, so that what is wrong in them is told first
        self._handler = build_handler(settings, self._policies.book)
        store = connect(settings.store, retries=0)
        self._ledger: Ledger = StoreLedger(
            store, f"{settings.worker.instance}:{uuid4()}", clock.monotonic
        )
        self._queue = InspectionQueue(store, clock.monotonic, settings.policy.queue_hours)
        self._follower = ModelFollower(
            open_registry(settings, retries=0),
            settings.model.bits,
            settings.worker.instance,
            settings.worker.model_poll_seconds,
            clock.monotonic,
        )
        self._alerts = follow_alerts(settings)
        group = settings.worker.group
        self._wait = min(_WAIT_SECONDS, settings.worker.model_poll_seconds)
        self._loop = ExactlyOnceLoop(
            transactional_consumer(settings.kafka, group),
            open_transactions(settings.kafka, f"{group}-{settings.worker.instance}"),
            _topics(settings),
            self._handler,
            self._committed,
            meter=LoopMeter("screening", health, clock.monotonic, clock.utc_now),
        )

    def run(self, stop: StopSignal) -> None:
        """Screen until `stop` is set, then leave the group."""
        settle()
        try:
            while not stop.is_set():
                self.step()
        finally:
            self.close()

    def close(self) -> None:
        """Leave the group."""
        self._loop.close()
        self._alerts.close()

    def step(self) -> int:
        """Screen one batch, with the newest model; return how many records were committed."""
        model = self._follower.newer()
        self._health.note("store", self._follower.store_answers)
        if model is not None:
            self._handler.use(model)
        self._follow_policy()
        started = clock.monotonic()
        done = self._loop.step(self._settings.worker.batch_size, self._wait)
        if not done:
            self._send_alerts()
        if self._handler.is_without_profiles:
            metrics.DEGRADED_SECONDS.inc(clock.monotonic() - started)
        return done

    def _follow_policy(self) -> None:
        """Take in what analysts have changed, what other workers held, and how long queues are."""
        book, alerts = self._policies.newer(), self._alerts.newer()
        if book is not None or alerts is not None:
            self._handler.adopt(replace(self._policies.book, alerts=self._alerts.book))
        self._handler.raise_alerts(self._policies.alerts())
        metrics.BUDGET.set(self._policies.book.plan.default.share or 0.0)
        budgets = self._handler.budgets
        budgets.hear(self._ledger.exchange(budgets.report()))
        if self._policies.book.plan.has_queues:
            self._handler.waiting = self._queue.waiting()

    def _send_alerts(self) -> None:
        """Send alerts while no batch comes that would take them along."""
        alerts = self._handler.alerts
        if alerts and self._loop.send(alerts):
            self._handler.sent(alerts)

    def _committed(self) -> None:
        self._queue.add(self._handler.committed())
        if self._handler.tally is not None:
            now = clock.utc_now().timestamp()
            self._handler.tally.export(self._settings.topics.manifests, now)
            for office, used in self._handler.budgets.use().items():
                metrics.BUDGET_USE.labels(office or "default").set(used)
        if clock.monotonic() - self._gave_back >= _GIVE_BACK_SECONDS:
            give_back()
            self._gave_back = clock.monotonic()


def build_handler(settings: Settings, book: PolicyBook) -> ScreeningHandler:
    """Return the handler that `settings` describe, with profiles if there are any."""
    folder = settings.policy.reference
    reference = load_reference(Path(folder) if folder else None)
    assessor = Assessor(reference)
    aggregates = Aggregates(settings.topics, reference)
    screener = build_screener(settings, book)
    headings = Headings(settings.topics.cloudevents_source)
    if settings.profiles.mode == "off":
        return ScreeningHandler(screener, assessor, settings.topics, None, aggregates, headings)
    store, identities = profile_store(settings), identities_of(settings)
    orders = settings.topics.orders
    replayer = ProfileReplayer(settings.kafka, orders, store, identities, assessor)
    profiling = Profiling(
        ProfileVisitor(store, identities, orders, replayer.catch_up),
        OrderIntake(settings.topics),
        Tolerance(
            store.open,
            settings.profiles.when_down,
            settings.profiles.patience_seconds,
            clock.monotonic,
        ),
        settings.topics,
    )
    return ScreeningHandler(screener, assessor, settings.topics, profiling, aggregates, headings)


def _topics(settings: Settings) -> list[str]:
    """Return the topics to read: orders are of use only where there are profiles."""
    if settings.profiles.mode == "off":
        return [settings.topics.manifests]
    return [settings.topics.manifests, settings.topics.orders]


def build_screener(settings: Settings, book: PolicyBook) -> Screener:
    """Return the screener that `settings` describe, with an empty model."""
    return Screener(
        Extractor(spec_named(settings.model.spec), settings.model.bits),
        book,
        Lottery(settings.policy.lottery_key.get_secret_value().encode()),
        settings.policy.window,
    )
