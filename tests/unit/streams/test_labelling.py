"""Labels that come late, out of order, twice, for cleared parcels, and corrected."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases import MOST_LABELS, Arrival, Case, is_violation
from streams.guarding import GuardLimits, GuardState, LabelGuard, SourceRecord
from streams.labelling import Labeller, Lesson
from tests.factories import PROPERTY
from tests.unit.streams.arrivals import SECONDS, Log, hold, outcome

D = "parcels.manifests:0:1"


class Desk:
    """A labeller with the cases that a store would keep."""

    def __init__(self, log: Log | None = None, guard: LabelGuard | None = None) -> None:
        self.log = log or Log()
        self.labeller = Labeller(guard or LabelGuard(GuardLimits()), self.log)
        self.cases: dict[str, Case] = {}

    def take(self, *arrivals: Arrival) -> list[tuple[bool, bool | None]]:
        """Return label and former label of what arrivals teach."""
        return [(one.outcome.result == "violation", one.former) for one in self.lessons(arrivals)]

    def lessons(self, arrivals: Sequence[Arrival]) -> list[Lesson]:
        for one in arrivals:
            self.cases.setdefault(one.decision_id, Case())
        return self.labeller.lessons(arrivals, self.cases)

    def forget(self) -> None:
        """Let holds and outcomes go, as after a commit."""
        for case in self.cases.values():
            if case.labels:
                case.holds, case.waiting = {}, {}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_take_hold_and_outcome_in_any_order_teaches_once(order: tuple[int, int]) -> None:
    desk, pair = Desk(), (hold(D), outcome(D, True))
    assert desk.take(*(pair[place] for place in order)) == [(True, None)]
    assert desk.labeller.counts == {"matched": 1} | ({"waiting": 1} if order[0] else {})
    assert desk.log.asked == []


def test_take_same_result_again_is_a_repeat_and_asks_nobody() -> None:
    desk = Desk()
    desk.take(hold(D), outcome(D, True))
    desk.forget()
    assert desk.take(outcome(D, True)) == []
    assert desk.labeller.counts == {"repeated": 1}
    assert desk.log.asked == []


def test_take_another_result_corrects_and_back_corrects_again() -> None:
    desk = Desk()
    desk.take(hold(D), outcome(D, True))
    desk.forget()
    assert desk.take(outcome(D, False)) == [(False, True)]
    assert desk.take(outcome(D, True)) == [(True, False)]
    assert desk.log.asked == [D, D]


def test_take_two_results_before_the_hold_teaches_the_newer() -> None:
    desk = Desk()
    assert desk.take(outcome(D, True), outcome(D, False)) == []
    assert desk.take(hold(D)) == [(False, None)]


def test_take_downstream_finding_of_a_cleared_parcel_teaches_its_features_from_the_log() -> None:
    desk = Desk()
    (lesson,) = desk.lessons([outcome(D, True, found="downstream")])
    assert bytes(lesson.decision.features) == b'{"hs6":["610910"]}'
    assert (lesson.decision.arm, lesson.was_held) == ("release", False)
    assert desk.labeller.counts == {"downstream": 1}
    assert desk.take(outcome(D, True, found="downstream")) == []


def test_take_downstream_finding_before_its_hold_waits_for_the_hold() -> None:
    desk = Desk(Log(action="hold"))
    assert desk.take(outcome(D, True, found="downstream")) == []
    assert desk.labeller.counts == {"waiting": 1}
    assert desk.take(hold(D)) == [(True, None)]


def test_take_outcome_of_an_inspection_without_hold_waits_and_asks_nobody() -> None:
    desk = Desk()
    assert desk.take(outcome(D, True)) == []
    assert desk.log.asked == []


def test_take_downstream_finding_of_a_parcel_not_in_the_log_waits() -> None:
    desk = Desk()
    desk.log.lost = {D}
    assert desk.take(outcome(D, True, found="downstream")) == []
    assert desk.labeller.counts == {"waiting": 1}


def test_take_correction_of_a_parcel_that_the_log_has_lost_is_counted_and_changes_nothing() -> None:
    desk = Desk()
    desk.take(hold(D), outcome(D, True))
    desk.forget()
    desk.log.lost = {D}
    assert desk.take(outcome(D, False)) == []
    assert desk.labeller.counts == {"lost": 1}
    assert desk.take(outcome(D, True)) == []
    assert desk.labeller.counts == {"repeated": 1}


def test_take_results_in_turn_without_end_ends() -> None:
    desk = Desk()
    desk.take(hold(D))
    taught = [one for n in range(30) for one in desk.take(outcome(D, n % 2 == 0))]
    assert len(taught) == MOST_LABELS
    assert len(desk.cases[D].labels) == MOST_LABELS


def burst_guard() -> LabelGuard:
    """Return a guard that knows one source of 10 labels an hour, and lets 5 an hour through."""
    first = SECONDS - 30 * 86_400
    known = SourceRecord(first, SECONDS, week=10 * 24 * 7)
    return LabelGuard(GuardLimits(burst=5, factor=0.1), GuardState({"calm": known}))


def test_take_labels_of_a_burst_are_in_quarantine_until_somebody_confirms_them() -> None:
    desk = Desk(guard=burst_guard())
    ids = [f"parcels.manifests:0:{n}" for n in range(8)]
    arrivals = [make(one) for one in ids for make in (hold, lambda i: outcome(i, True, source="x"))]
    lessons = desk.lessons(arrivals)
    assert [one.weight > 0 for one in lessons] == [True] * 5 + [False] * 3
    assert desk.labeller.counts == {"matched": 5, "quarantined": 3}
    again = [outcome(ids[-1], True, source="x"), outcome(ids[-2], False, source="calm")]
    assert [(one.outcome.source, one.former) for one in desk.lessons(again)] == [("calm", None)]
    late = outcome(ids[-1], True, SECONDS + 86_400, source="x")
    assert [one.weight for one in desk.lessons([late])] == [1.0]
    assert desk.take(outcome(ids[-1], True, SECONDS + 86_400, source="x")) == []


results = st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), max_size=24)


@given(results, st.lists(st.integers(1, 5), max_size=8), st.randoms(use_true_random=False))
@PROPERTY
def test_take_any_arrivals_teaches_each_label_once_and_ends_with_the_last_result(
    outcomes: list[tuple[int, bool, bool]], cuts: list[int], rng: Random
) -> None:
    ids = [f"parcels.manifests:0:{n}" for n in range(3)]
    arrivals = [hold(one) for one in ids]
    for n, violation, downstream in outcomes:
        found = "downstream" if downstream else "inspection"
        arrivals.append(outcome(ids[n], violation, found=found))
    rng.shuffle(arrivals)
    desk = Desk(Log(action="hold"))
    written: list[Lesson] = []
    position = 0
    for cut in [*cuts, len(arrivals)]:
        written += desk.lessons(arrivals[position : position + cut])
        position += cut
        desk.forget()
    for one in ids:
        labels = [is_violation(x.outcome) for x in written if x.decision.decision_id == one]
        former = [x.former for x in written if x.decision.decision_id == one]
        heard = [x.outcome for x in arrivals if x.decision_id == one and x.outcome is not None]
        assert bool(labels) == bool(heard)
        # Each label takes back the one before, and the last result stands.
        assert former == [None, *labels][: len(labels)]
        assert all(a != b for a, b in pairwise(labels))
        if heard and len(labels) < MOST_LABELS:
            assert labels[-1] == is_violation(heard[-1])
