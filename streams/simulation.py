"""Simulated platforms and a simulated clearance system on real topics."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from schemas.clearance import ClearanceEvent, ClearanceStage
from schemas.codec import decode_decision, encode
from schemas.decision import Decision
from schemas.outcome import InspectionOutcome
from streams import clock
from streams.kafka.clients import plain_producer
from streams.kafka.producing import Output, send
from streams.kafka.reading import TopicReader
from streams.settings import Settings
from streams.simulator.clearance import Inspector, clearance_event
from streams.simulator.platforms import PlatformSimulator
from streams.stopping import StopSignal

_TICK_SECONDS: Final = 0.05
_MAX_REMEMBERED: Final = 2_000_000
_READ: Final = 2_000
_STAGES: Final[dict[ClearanceStage, float]] = {"arrived": 0.0, "inspected": 1.0, "released": 1.5}
"""When a held parcel gets there, in inspection times after the hold."""


@dataclass(frozen=True)
class SimulationPlan:
    """How many parcels a second, how long an inspection takes, and the seed of it all."""

    rate: float = 2_000.0
    inspection_seconds: float = 2.0
    seed: int = 1

    def options(self) -> list[str]:
        """Return the plan as options of `greenlane simulate`."""
        return [
            f"--rate={self.rate}",
            f"--inspection-seconds={self.inspection_seconds}",
            f"--seed={self.seed}",
        ]


class Truth:
    """What is really in the parcels: violations by item id, the oldest forgotten at a bound."""

    def __init__(self, most: int = _MAX_REMEMBERED) -> None:
        self._violations: dict[str, tuple[str, ...]] = {}
        self._most = most

    def note(self, item_id: str, violations: tuple[str, ...]) -> None:
        """Remember a parcel's violations, if it has any."""
        if violations:
            self._violations[item_id] = violations
            if len(self._violations) > self._most:
                del self._violations[next(iter(self._violations))]

    def of(self, item_id: str) -> tuple[str, ...]:
        """Return the violations of a parcel."""
        return self._violations.get(item_id, ())


class Platforms:
    """Publishes manifests and orders at the planned rate."""

    def __init__(
        self, settings: Settings, plan: SimulationPlan, start: datetime, truth: Truth
    ) -> None:
        self._topics = settings.topics
        self._producer = plain_producer(settings.kafka)
        self._parcels = PlatformSimulator(plan.seed, start, plan.rate)
        self._rate = plan.rate
        self._truth = truth
        self._started = clock.monotonic()
        self.published = 0

    def step(self) -> None:
        """Publish what is due by now."""
        due = int((clock.monotonic() - self._started) * self._rate)
        while self.published < due:
            self._publish_next()
        self._producer.poll(0)

    def close(self) -> None:
        """Wait until all that was published is stored."""
        self._producer.flush()

    def _publish_next(self) -> None:
        parcel = self._parcels.next()
        manifest, order = parcel.manifest, parcel.order
        self._truth.note(manifest.item_id, parcel.violations)
        if order is not None:
            key = f"{order.platform_id}:{order.order_id}"
            send(self._producer, Output(self._topics.orders, key, encode(order)))
        send(
            self._producer,
            Output(self._topics.manifests, manifest.consignee.id, encode(manifest)),
        )
        self.published += 1


class Clearance:
    """Inspects what is held, and tells outcome and clearance events when they happen."""

    def __init__(self, settings: Settings, plan: SimulationPlan, truth: Truth) -> None:
        self._topics = settings.topics
        self._reader = TopicReader(settings.kafka, [settings.topics.hold])
        self._producer = plain_producer(settings.kafka)
        self._inspector = Inspector(plan.seed)
        self._delay = plan.inspection_seconds
        self._truth = truth
        self._queue: list[tuple[float, str, str, bytes]] = []

    def step(self) -> None:
        """Take in new holds and return the outcomes that are due."""
        now = clock.monotonic()
        for message in self._reader.read(_READ, 0):
            self._plan(decode_decision(message.value()), now, clock.utc_now())
        while self._queue and self._queue[0][0] <= now:
            _, topic, item_id, value = heapq.heappop(self._queue)
            send(self._producer, Output(topic, item_id, value))
        self._producer.poll(0)

    def _plan(self, decision: Decision, now: float, moment: datetime) -> None:
        """Let a held parcel arrive, be inspected and be released."""
        inspected = moment + timedelta(seconds=self._delay)
        found = self._truth.of(decision.item_id)
        outcome = self._inspector.inspect(decision, found, inspected)
        self._later(now + self._delay, self._topics.outcomes, outcome)
        for stage, share in _STAGES.items():
            at = moment + timedelta(seconds=self._delay * share)
            event = clearance_event(decision, stage, at)
            self._later(now + self._delay * share, self._topics.clearance, event)

    def _later(self, due: float, topic: str, record: InspectionOutcome | ClearanceEvent) -> None:
        heapq.heappush(self._queue, (due, topic, record.item_id, encode(record)))

    def close(self) -> None:
        """Wait until all outcomes are stored, and stop reading."""
        self._producer.flush()
        self._reader.close()


def simulate(
    settings: Settings,
    plan: SimulationPlan,
    stop: StopSignal,
    pause: Callable[[float], None] = clock.pause,
) -> int:
    """Run both until `stop` is set; return the number of manifests published."""
    truth = Truth()
    platforms = Platforms(settings, plan, clock.utc_now(), truth)
    clearance = Clearance(settings, plan, truth)
    while not stop.is_set():
        platforms.step()
        clearance.step()
        pause(_TICK_SECONDS)
    platforms.close()
    clearance.close()
    return platforms.published
