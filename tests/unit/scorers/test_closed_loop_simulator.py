"""The closed loop on simulated parcels: what inspections find teaches where to look next."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from schemas import example
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.outcome import InspectionOutcome
from scorers.features.extractor import DEFAULT_BITS, Extractor
from scorers.lottery import Lottery
from scorers.model.model import Model
from scorers.model.snapshot import dump_snapshot, load_for_scoring
from scorers.policybook import PolicyBook, share_plan
from scorers.screening import Screener
from scorers.specs.parcels import SPEC
from streams.folding import Fold
from streams.simulation import SimulationPlan
from streams.simulator.clearance import Inspector
from streams.simulator.platforms import PlatformSimulator
from tests.factories import decide

PLAN = SimulationPlan()
HOLD, EXPLORE = 0.03, 0.005
"""The product's defaults, as those of the simulation and of the model: nothing is tuned here."""

START = datetime(2026, 11, 1, tzinfo=UTC)
PARCELS = 40_000
BATCH, MINI_BATCH = 500, 64
INSPECTION = timedelta(seconds=PLAN.inspection_seconds)


@dataclass
class Loop:
    """Screening, inspection and learning in simulated time, without a broker or a store."""

    fold: Fold = field(
        default_factory=lambda: Fold(Extractor(SPEC, DEFAULT_BITS), Model(DEFAULT_BITS))
    )
    found: dict[str, list[bool]] = field(default_factory=lambda: {"risk": [], "exploration": []})
    violations: int = 0
    under_way: int = 0
    decided: int = 0

    def run(self, parcels: int) -> None:
        """Decide so many parcels; learn each outcome when its inspection is over."""
        screener = Screener(
            Extractor(SPEC, DEFAULT_BITS), PolicyBook(share_plan(HOLD, EXPLORE)), Lottery(b"key")
        )
        simulator, inspector = PlatformSimulator(PLAN.seed, START, PLAN.rate), Inspector(PLAN.seed)
        waiting: deque[tuple[Decision, InspectionOutcome]] = deque()
        while self.decided < parcels:
            batch = list(islice(simulator, BATCH))
            now = batch[-1].manifest.submitted_at
            if self._learn(waiting, now):
                data = dump_snapshot(self.fold.model, SPEC.version, 0)
                screener.use(load_for_scoring(data, SPEC.version))
            offsets = range(self.decided, self.decided + BATCH)
            coordinates = [("parcels.manifests", 0, offset) for offset in offsets]
            decisions = decide(screener, [parcel.manifest for parcel in batch], coordinates)
            for decision, parcel in zip(decisions, batch, strict=True):
                if decision.action == "hold":
                    outcome = inspector.inspect(decision, parcel.violations, now + INSPECTION)
                    waiting.append((decision, outcome))
                    self.found[decision.arm].append(bool(parcel.violations))
            self.decided += BATCH
            self.violations += sum(bool(parcel.violations) for parcel in batch)
            self.under_way = len(waiting)

    def _learn(self, waiting: deque[tuple[Decision, InspectionOutcome]], now: datetime) -> bool:
        """Learn the outcomes that are due; return whether there were any."""
        due = []
        while waiting and waiting[0][1].inspected_at <= now:
            due.append(waiting.popleft())
        self.fold.add(
            [
                _example(decision, outcome, number % MINI_BATCH == 0 or number == len(due))
                for number, (decision, outcome) in enumerate(due, start=1)
            ]
        )
        return bool(due)


def _example(decision: Decision, outcome: InspectionOutcome, closes: bool) -> LabelledExample:
    assert decision.features is not None
    return LabelledExample(
        example.SCHEMA_VERSION,
        decision.decision_id,
        decision.item_id,
        outcome.outcome_id,
        outcome.inspected_at,
        outcome.result == "violation",
        decision.arm,
        decision.probability,
        decision.propensity,
        closes,
        decision.features,
    )


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


@pytest.fixture(scope="module")
def loop() -> Loop:
    """The loop after it has decided all parcels."""
    loop = Loop()
    loop.run(PARCELS)
    return loop


def test_loop_learns_what_was_held_and_nothing_else(loop: Loop) -> None:
    held = len(loop.found["risk"]) + len(loop.found["exploration"])
    assert loop.under_way > 0
    assert loop.fold.model.labels == held - loop.under_way


def test_loop_explores_an_unbiased_sample(loop: Loop) -> None:
    explored, all_share = loop.found["exploration"], loop.violations / PARCELS
    assert len(explored) == pytest.approx(EXPLORE * PARCELS, rel=0.2)
    # Three standard deviations of a sample of that size.
    deviation = (all_share * (1 - all_share) / len(explored)) ** 0.5
    assert share(explored) == pytest.approx(all_share, abs=3 * deviation)


def test_loop_finds_five_times_as_many_violations_by_risk_as_at_random(loop: Loop) -> None:
    assert share(loop.found["risk"][-500:]) >= 5 * share(loop.found["exploration"])


def test_loop_holds_the_budgets_share_while_the_model_learns(loop: Loop) -> None:
    planned = (HOLD - EXPLORE) * PARCELS
    assert len(loop.found["risk"]) == pytest.approx(planned, rel=0.2)
