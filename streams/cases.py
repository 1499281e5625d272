"""What is known of one decision on its way to a label: its hold, outcomes, and labels so far."""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct

from schemas.outcome import InspectionOutcome

MOST_LABELS: Final = 8
"""Of one decision: who changes their mind more often is no longer heard."""


class Arrival(NamedTuple):
    """A hold (`outcome` is None) or an outcome that was read, where, and when it was logged."""

    decision_id: str
    read_at: str
    value: bytes
    seconds: float = 0.0
    outcome: InspectionOutcome | None = None


class Waiting(NamedTuple):
    """An outcome that came before its hold."""

    place: int
    violation: bool
    value: bytes


class Label(NamedTuple):
    """A label that was written to the training log; one in quarantine is there, but not learnt."""

    place: int
    violation: bool
    learnt: bool = True


class Case(Struct, array_like=True):
    """One decision. Holds, outcomes and labels are kept by where the record was read."""

    holds: dict[str, bytes] = {}
    waiting: dict[str, Waiting] = {}
    labels: dict[str, Label] = {}

    @property
    def hold(self) -> bytes | None:
        """The hold, if it has been read."""
        return next(iter(self.holds.values()), None)

    @property
    def last_waiting(self) -> Waiting | None:
        """The newest outcome that waits: the one that counts."""
        return max(self.waiting.values(), default=None)

    @property
    def last_label(self) -> Label | None:
        """The newest label."""
        return max(self.labels.values(), default=None)

    @property
    def learnt(self) -> bool | None:
        """What was learnt last of the decision; None if nothing."""
        learnt = [label for label in self.labels.values() if label.learnt]
        return max(learnt).violation if learnt else None

    @property
    def is_full(self) -> bool:
        """Whether it has had as many labels as a decision may have."""
        return len(self.labels) >= MOST_LABELS

    def wait(self, arrival: Arrival, violation: bool) -> None:
        """Let an outcome wait for its hold, unless it says what the last one said."""
        last = self.last_waiting
        if len(self.waiting) < MOST_LABELS and (last is None or last.violation != violation):
            place = 0 if last is None else last.place + 1
            self.waiting[arrival.read_at] = Waiting(place, violation, arrival.value)

    def label(self, arrival: Arrival, violation: bool, learnt: bool) -> None:
        """Note a label."""
        last = self.last_label
        place = 0 if last is None else last.place + 1
        self.labels[arrival.read_at] = Label(place, violation, learnt)


def is_violation(outcome: InspectionOutcome) -> bool:
    """Return the label of an outcome."""
    return outcome.result == "violation"
