"""Shifts in the training log are told of, once, and a log in which nothing moves is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from schemas.example import LabelledExample
from streams.drift.signals import Shift, Signal, adwin, kswin, page_hinkley
from streams.drift.watch import DriftAlarm, DriftWatch
from streams.settings import DriftSettings
from tests.factories import make_example, make_spec
from tests.unit.streams.examples import START, closed

SPEC = make_spec()
COUNT = 3_000


def stable(count: int = COUNT, seed: int = 1, hits: float = 0.6) -> list[LabelledExample]:
    """Return labels of decisions whose chances hold, at a steady rate."""
    rng = np.random.default_rng(seed)
    found = []
    for place in range(count):
        random = place % 5 == 0
        chance = float(rng.beta(1, 9) if random else hits)
        found.append(
            make_example(
                arm="exploration" if random else "risk",
                probability=chance,
                label=bool(rng.random() < chance),
                decision_id=f"parcels.manifests:0:{place}",
                reported_at=START + timedelta(seconds=place * 30 + float(rng.uniform(0, 20))),
                features={
                    "total_value": float(rng.lognormal(3, 1)),
                    "seller_id": f"seller-{int(rng.zipf(1.5)) % 40}",
                    "main.hs_code": "6109",
                },
            )
        )
    return found


def shifts(log: Sequence[LabelledExample]) -> list[tuple[int, Shift]]:
    return list(DriftWatch(SPEC, DriftSettings()).shifts(log))


def changed(log: list[LabelledExample], start: int, **changes: Any) -> list[LabelledExample]:
    """Return a log in which something is otherwise from a place on."""
    return log[:start] + [replace(one, **changes) for one in log[start:]]


@pytest.mark.parametrize("seed", range(5))
def test_watch_a_log_in_which_nothing_moves_tells_nothing(seed: int) -> None:
    assert shifts(stable(seed=seed)) == []


def signals_of(found: list[tuple[int, Shift]]) -> set[str]:
    return {shift.signal for _, shift in found}


def test_watch_precision_that_falls_is_told_within_some_hundred_labels() -> None:
    log = stable()
    fallen = [
        replace(one, label=one.label and place % 3 == 0) if one.arm == "risk" else one
        for place, one in enumerate(log)
    ]
    found = shifts(log[:2_000] + fallen[2_000:])
    first = next(place for place, one in found if one.signal == "precision of holds by score")
    assert 2_000 < first < 2_600
    assert "log loss" in signals_of(found)


def test_watch_precision_that_rises_is_no_alarm() -> None:
    log = stable(hits=0.3)
    better = [
        replace(one, label=True, probability=0.95) if one.arm == "risk" else one for one in log
    ]
    assert "precision of holds by score" not in signals_of(shifts(log[:1_500] + better[1_500:]))


def test_watch_features_of_random_holds_that_move_are_told() -> None:
    log = stable(6_000)
    dearer = [
        replace(one, features={**one.features, "total_value": one.features["total_value"] * 6})
        for one in log
    ]
    assert "feature value" in signals_of(shifts(log[:4_000] + dearer[4_000:]))


def test_watch_scores_that_move_are_told() -> None:
    log = stable(12_000)
    higher = [replace(one, probability=min(1.0, one.probability * 3)) for one in log]
    assert "scores of random holds" in signals_of(shifts(log[:6_000] + higher[6_000:]))


def test_watch_sellers_nobody_knew_are_told() -> None:
    log = stable(6_000)
    new = [
        replace(one, features={**one.features, "seller_id": f"new-{place}"})
        for place, one in enumerate(log)
    ]
    assert "new values of seller" in signals_of(shifts(log[:4_000] + new[4_000:]))


def test_watch_labels_that_come_ten_times_as_seldom_are_told() -> None:
    log = stable(6_000)
    slow = []
    for one in log[4_000:]:
        behind = one.reported_at - log[4_000].reported_at  # type: ignore[operator]
        slow.append(replace(one, reported_at=log[4_000].reported_at + behind * 10))  # type: ignore[operator]
    found = shifts(log[:4_000] + slow)
    (shift,) = [one for _, one in found if one.signal == "hours between labels"]
    assert shift.lately > 1.5 * shift.before


def test_watch_in_pieces_tells_the_same() -> None:
    log = changed(stable(), 2_000, label=False)
    watch, found = DriftWatch(SPEC, DriftSettings()), []
    for start in range(0, len(log), 177):
        found += [(start + n, one) for n, one in watch.shifts(log[start : start + 177])]
    assert found == shifts(log) != []


class Announcements:
    def __init__(self) -> None:
        self.places: list[str] = []

    def announce(self, _kind: str, _about: str, _text: str, place: str, *_: object) -> None:
        self.places.append(place)


def test_alarm_is_silent_about_what_was_told_before_a_restart() -> None:
    log = closed(changed(stable(), 2_000, label=False))
    told, again = Announcements(), Announcements()
    announcer: Any = told
    found = DriftAlarm(DriftWatch(SPEC, DriftSettings()), announcer, since=0).observe(log)
    assert len(told.places) == len(found) > 0
    announcer = again
    late = int(told.places[-1]) + 1
    assert DriftAlarm(DriftWatch(SPEC, DriftSettings()), announcer, late).observe(log) == []
    assert again.places == []


@pytest.mark.parametrize("make", [adwin(0.002), kswin(1e-4), page_hinkley(8.0)])
def test_signal_rests_after_a_shift_and_then_tells_of_the_next(make: Any) -> None:
    rng = np.random.default_rng(1)
    levels = np.repeat([0.1, 0.9, 0.1], 700)
    signal = Signal("s", make, rest=300)
    values = levels + rng.normal(0, 0.02, len(levels))
    found = [n for n, value in enumerate(values.tolist()) if signal.update(value * 4)]
    assert len(found) == 2
    assert all(0 < n - at < 600 for n, at in zip(found, (700, 1_400), strict=True))
