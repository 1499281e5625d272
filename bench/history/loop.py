"""The closed loop in simulated time: only what is held is inspected, and learnt days later."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

import numpy as np

from bench.history.memory import MANIFESTS, Memory
from schemas import example
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.outcome import InspectionOutcome
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.batch import Integers
from scorers.features.extractor import Extractor
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable
from scorers.lottery import Lottery
from scorers.model.model import Model
from scorers.policybook import PolicyBook, share_plan
from scorers.screening import Screener
from streams.folding import Fold
from streams.simulator.clearance import Inspector
from streams.simulator.platforms import PlatformSimulator
from streams.simulator.sealing import SimulatedParcel

START: Final = datetime(2026, 11, 1, tzinfo=UTC)
HOLD, EXPLORE = 0.03, 0.005
"""The product's default budget."""

_BATCH, _MINI_BATCH = 250, 64


@dataclass(frozen=True)
class Plan:
    """How many parcels come, how many a minute, and how long after its hold a label comes.

    `importance` bounds inverse propensities as weights. From parcel `shift_at` on other sellers,
    lanes and addresses are the bad ones.
    """

    parcels: int = 100_000
    a_minute: float = 3.0
    delay: timedelta = timedelta(days=2)
    hold: float = HOLD
    explore: float = EXPLORE
    importance: float = 1.0
    shift_at: int | None = None

    @property
    def days(self) -> float:
        """Simulated time."""
        return timedelta(minutes=self.parcels / self.a_minute) / timedelta(days=1)


class Decided(NamedTuple):
    """A parcel, its decision, and what it is in truth ("" for an honest one)."""

    parcel: SimulatedParcel
    decision: Decision

    @property
    def typology(self) -> str:
        return next(iter(self.parcel.violations), "")


@dataclass
class Loop:
    """One run. `memory` is None for decisions without profiles and orders.

    `learnt` is told of labels before they are learnt.
    """

    plan: Plan
    spec: FeatureSpec
    seed: int
    memory: Memory | None
    learnt: Callable[[Sequence[LabelledExample]], object] = lambda _: None
    _waiting: deque[tuple[Decision, InspectionOutcome]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        extractor = Extractor(self.spec)
        self._fold = Fold(extractor, Model(extractor.bits), self.plan.importance)
        book = PolicyBook(share_plan(self.plan.hold, self.plan.explore))
        self._screener = Screener(extractor, book, Lottery(f"bench-{self.seed}".encode()))
        self._assessor = Assessor(load_reference())
        self._inspector = Inspector(self.seed)

    def decisions(self) -> Iterator[Decided]:
        """Yield all parcels with their decisions."""
        simulator = PlatformSimulator(self.seed, START, self.plan.a_minute / 60)
        for start in range(0, self.plan.parcels, _BATCH):
            if self.plan.shift_at is not None and start <= self.plan.shift_at < start + _BATCH:
                simulator.shift(self.seed + 1)
            parcels = list(islice(simulator, min(_BATCH, self.plan.parcels - start)))
            self._learn(parcels[0].manifest.submitted_at)
            decisions = self._decide(parcels, start)
            self._inspect(parcels, decisions)
            yield from map(Decided, parcels, decisions)

    def _decide(self, parcels: Sequence[SimulatedParcel], start: int) -> list[Decision]:
        table = ManifestTable([parcel.manifest for parcel in parcels])
        times = [int(parcel.manifest.submitted_at.timestamp()) for parcel in parcels]
        logged = np.array(times, dtype=np.int64)
        self._screener.prepare(table)
        table.assessments = self._assessor.assess(table)
        if self.memory is not None:
            _take_orders(self.memory, parcels, logged)
            table.histories = self.memory.visit(table, start, logged)
        read_at = [(MANIFESTS.topic, 0, start + place) for place in range(len(parcels))]
        decisions = self._screener.decide(table, read_at, logged.astype(np.float64)).records()
        self._screener.commit()
        return decisions

    def _inspect(self, parcels: Sequence[SimulatedParcel], decisions: Sequence[Decision]) -> None:
        for parcel, decision in zip(parcels, decisions, strict=True):
            if decision.action == "hold":
                due = parcel.manifest.submitted_at + self.plan.delay
                outcome = self._inspector.inspect(decision, parcel.violations, due)
                self._waiting.append((decision, outcome))

    def _learn(self, now: datetime) -> None:
        """Learn the outcomes that are due, in mini-batches."""
        due = []
        while self._waiting and self._waiting[0][1].inspected_at <= now:
            due.append(self._waiting.popleft())
        examples = [
            _example(decision, outcome, number % _MINI_BATCH == 0 or number == len(due))
            for number, (decision, outcome) in enumerate(due, start=1)
        ]
        if examples:
            self.learnt(examples)
            self._fold.add(examples)
            self._screener.use(self._fold.model)
            if self.memory is not None:
                self.memory.count(examples)


def _take_orders(memory: Memory, parcels: Sequence[SimulatedParcel], logged: Integers) -> None:
    """Store the orders of parcels, which platforms report before they post them."""
    sold = [place for place, parcel in enumerate(parcels) if parcel.order is not None]
    orders = [order for parcel in parcels if (order := parcel.order) is not None]
    memory.take(orders, logged[sold])


def _example(decision: Decision, outcome: InspectionOutcome, closes: bool) -> LabelledExample:
    return LabelledExample(
        schema_version=example.SCHEMA_VERSION,
        decision_id=decision.decision_id,
        item_id=decision.item_id,
        outcome_id=outcome.outcome_id,
        inspected_at=outcome.inspected_at,
        label=outcome.result == "violation",
        arm=decision.arm,
        probability=decision.probability,
        propensity=decision.propensity,
        closes_batch=closes,
        features=decision.features or {},
    )
