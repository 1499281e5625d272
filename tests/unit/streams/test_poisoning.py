"""A source that lies moves the model little, however much it reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from msgspec.structs import replace

from schemas.example import LabelledExample
from scorers.features.batch import Floats
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.model import Model
from streams.folding import Fold
from streams.guarding import GuardLimits, LabelGuard
from tests.factories import make_manifests
from tests.unit.streams.examples import BITS, SPEC, START, make_log

OFFICES, DAYS = 8, 3
HONEST = 1_600
LIES = 2_400
LIMITS = GuardLimits(share=0.15, window=1_000, burst=10, factor=4)
_EXTRACTOR = Extractor(SPEC, BITS)
_PARCELS = _EXTRACTOR.extract(ManifestTable(make_manifests(200, seed=9)))


def honest() -> list[LabelledExample]:
    """Return what some offices report over some days."""
    step = timedelta(days=DAYS) / HONEST
    return [
        replace(one, source=f"office-{place % OFFICES}", reported_at=START + place * step)
        for place, one in enumerate(make_log(HONEST))
    ]


def lies(over: timedelta) -> list[LabelledExample]:
    """Return the opposite of the truth, all from one source."""
    start = START + timedelta(days=DAYS)
    return [
        replace(one, source="liar", label=not one.label, reported_at=start + place * over / LIES)
        for place, one in enumerate(make_log(LIES, seed=2))
    ]


def guarded(log: Sequence[LabelledExample]) -> list[LabelledExample]:
    """Return a log as the join step writes it."""
    guard = LabelGuard(LIMITS)
    found = []
    for one in log:
        assert one.reported_at is not None
        weight = guard.weigh(one.source, one.reported_at.timestamp())
        guard.commit()
        found.append(replace(one, weight=weight))
    return found


def scores(log: Sequence[LabelledExample]) -> Floats:
    fold = Fold(_EXTRACTOR, Model(BITS))
    fold.add(log)
    return fold.model.logits(_PARCELS)


def harm(log: Sequence[LabelledExample]) -> float:
    """Return how far a log moves the scores of other parcels, in logits."""
    return float(np.abs(scores(log) - scores(honest())).mean())


def test_burst_of_lies_is_in_quarantine_but_for_its_beginning() -> None:
    log = guarded([*honest(), *lies(timedelta(minutes=30))])
    learnt = [one for one in log[HONEST:] if one.weight > 0]
    assert len(learnt) < LIES / 50
    assert all(one.weight == 1 for one in log[:HONEST])
    assert harm(log) < 0.35 * harm([*honest(), *lies(timedelta(minutes=30))])


def test_lies_among_the_truth_at_a_usual_pace_weigh_no_more_than_their_share() -> None:
    """Nobody can tell these from honest labels, so they count, but one source for so much."""
    slow = [replace(one, source="liar") for one in lies(timedelta(days=DAYS))]
    among = [one for pair in zip(honest(), slow[:HONEST], strict=True) for one in pair]
    mixed = [
        replace(one, reported_at=START + place * timedelta(days=DAYS) / len(among))
        for place, one in enumerate(among)
    ]
    log = guarded(mixed)
    weight = sum(one.weight for one in log if one.source == "liar")
    assert weight <= 0.15 * (1_000 + len(log))
    assert harm(log) < 0.6 * harm(mixed)
