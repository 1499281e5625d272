"""From arrivals to labels: each is learnt once, repeats are counted, other results correct it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.codec import decode_outcome
from schemas.outcome import InspectionOutcome
from streams.cases import Arrival, Case, is_violation
from streams.guarding import LabelGuard
from streams.subjects import Subject, decode_subject

Find = Callable[[Sequence[str]], Mapping[str, Subject]]
"""Finds decisions again in the log, with their features, as far as it has them."""


class Lesson(NamedTuple):
    """A label, and the decision that it is about.

    `former` is the label learnt before, if it takes that back. `was_held` tells that it is the
    first of a held parcel: the inspection is over.
    """

    decision: Subject
    outcome: InspectionOutcome
    former: bool | None
    weight: float
    source: str
    seconds: float
    was_held: bool


class Labeller:
    """Takes arrivals one after the other, and counts what becomes of them in `counts`."""

    def __init__(self, guard: LabelGuard, find: Find) -> None:
        self._guard = guard
        self._find = find
        self._past: Mapping[str, Subject] = {}
        self.counts: Counter[str] = Counter()

    def lessons(self, arrivals: Sequence[Arrival], cases: Mapping[str, Case]) -> list[Lesson]:
        """Return the labels that arrivals bring; `cases` are changed accordingly."""
        self.counts = Counter()
        held = {one.decision_id for one in arrivals if one.outcome is None}
        self._past = self._look_up(arrivals, cases, held)
        lessons = (self._take(one, cases[one.decision_id]) for one in arrivals)
        return [lesson for lesson in lessons if lesson is not None]

    def _look_up(
        self, arrivals: Iterable[Arrival], cases: Mapping[str, Case], held: set[str]
    ) -> Mapping[str, Subject]:
        ids = dict.fromkeys(
            one.decision_id
            for one in arrivals
            if one.decision_id not in held and _is_of_the_past(one, cases[one.decision_id])
        )
        return self._find(list(ids)) if ids else {}

    def _take(self, arrival: Arrival, case: Case) -> Lesson | None:
        if arrival.outcome is None:
            return self._take_hold(arrival, case)
        violation = is_violation(arrival.outcome)
        if case.learnt == violation or case.is_full:
            self.counts["repeated"] += 1
            return None
        parcel = _parcel(case, self._past.get(arrival.decision_id))
        if parcel is not None:
            return self._lesson(arrival, case, parcel, arrival.outcome)
        if case.learnt is None:
            case.wait(arrival, violation)
        self.counts["waiting" if case.learnt is None else "lost"] += 1
        return None

    def _take_hold(self, arrival: Arrival, case: Case) -> Lesson | None:
        if case.holds or case.labels:
            return None  # its label was found without it
        case.holds[arrival.read_at] = arrival.value
        last = case.last_waiting
        if last is None:
            return None
        decision, heard = decode_subject(arrival.value), decode_outcome(last.value)
        return self._lesson(arrival, case, decision, heard)

    def _lesson(
        self, arrival: Arrival, case: Case, decision: Subject, outcome: InspectionOutcome
    ) -> Lesson | None:
        violation = is_violation(outcome)
        source = outcome.source or decision.office_of_entry
        seconds = arrival.seconds
        weight = self._guard.weigh(source, seconds)
        former, learnt = case.last_label, case.learnt
        if weight == 0 and former is not None and not former.learnt:
            self.counts["quarantined"] += 1  # as is what it would confirm or contradict
            return None
        case.label(arrival, violation, weight > 0)
        self.counts[_kind(decision, learnt, weight)] += 1
        held = decision.action == "hold" and former is None
        return Lesson(decision, outcome, learnt, weight, source, seconds, held)


def _kind(decision: Subject, learnt: bool | None, weight: float) -> str:
    if weight == 0:
        return "quarantined"
    if learnt is not None:
        return "corrected"
    return "matched" if decision.action == "hold" else "downstream"


def _is_of_the_past(arrival: Arrival, case: Case) -> bool:
    """Tell whether the log must be asked: no hold is at hand, and none will come."""
    if arrival.outcome is None or case.hold is not None or case.is_full:
        return False
    if case.learnt == is_violation(arrival.outcome):
        return False
    return bool(case.labels) or arrival.outcome.found == "downstream"


def _parcel(case: Case, past: Subject | None) -> Subject | None:
    """Return what an outcome is about, if it can be learnt now."""
    if case.hold is not None:
        return decode_subject(case.hold)
    if past is None:
        return None
    # A hold that was not labelled yet is on its way here.
    return past if case.labels or past.action == "clear" else None
