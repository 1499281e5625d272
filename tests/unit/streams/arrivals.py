"""Holds and outcomes as the join step reads them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from schemas import decision as decision_schema
from schemas import outcome as outcome_schema
from schemas.codec import decode_decision, decode_outcome, encode
from schemas.decision import Decision
from schemas.outcome import InspectionOutcome
from streams.cases import Arrival
from streams.subjects import Subject, subject_of

_positions = itertools.count()
SECONDS = 1_793_491_200.0


def make_decision(decision_id: str, **changes: object) -> Decision:
    """Return a decision, held by score unless `changes` say otherwise."""
    found = decode_decision(decision_schema.EXAMPLE)
    fields = {name: getattr(found, name) for name in found.__struct_fields__}
    return Decision(**{**fields, "decision_id": decision_id, "features": {"hs6": []}, **changes})


def make_outcome(decision_id: str, violation: bool, **changes: object) -> InspectionOutcome:
    """Return an outcome."""
    found = decode_outcome(outcome_schema.EXAMPLE)
    fields = {name: getattr(found, name) for name in found.__struct_fields__}
    result = "violation" if violation else "compliant"
    return InspectionOutcome(**{**fields, "decision_id": decision_id, "result": result, **changes})


def hold(decision_id: str, **changes: object) -> Arrival:
    """Return a hold read at a position of its own."""
    value = encode(make_decision(decision_id, **changes))
    return Arrival(decision_id, f"hold:0:{next(_positions)}", value, SECONDS)


def outcome(
    decision_id: str, violation: bool, seconds: float = SECONDS, **changes: object
) -> Arrival:
    """Return an outcome read at a position of its own."""
    record = make_outcome(decision_id, violation, **changes)
    place = f"outcomes:0:{next(_positions)}"
    return Arrival(decision_id, place, encode(record), seconds, record)


class Log:
    """Cleared parcels that are found again, unless they are in `lost`."""

    def __init__(self, action: str = "clear") -> None:
        self.action = action
        self.lost: set[str] = set()
        self.asked: list[str] = []

    def __call__(self, decision_ids: Sequence[str]) -> dict[str, Subject]:
        """Return what is known."""
        self.asked += decision_ids
        arm = "release" if self.action == "clear" else "risk"
        return {
            one: subject_of(make_decision(one, action=self.action, arm=arm), {"hs6": ["610910"]})
            for one in decision_ids
            if one not in self.lost
        }
