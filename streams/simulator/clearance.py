"""The inspector: what an examination of a held parcel shows, given the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from schemas import clearance, outcome
from schemas.clearance import ClearanceEvent, ClearanceStage
from schemas.decision import Decision
from schemas.outcome import InspectionOutcome

_FALSE_FINDING = "misclassification"
"""What an inspector finds who errs about an honest parcel: a matter of opinion at times."""


class Inspector:
    """Examines held parcels. The same decision always gets the same outcome.

    `error_rate` is the share of inspections, in [0, 1], with the wrong result: a violation
    overlooked, or one found that is none. Which ones is a keyed hash of the decision's id.
    """

    def __init__(self, seed: int = 0, error_rate: float = 0.0) -> None:
        if not 0 <= error_rate <= 1:
            raise ValueError(f"Expected an error rate in [0, 1], got {error_rate}")
        self._key = str(seed).encode()[: blake2b.MAX_KEY_SIZE]
        self._error_rate = error_rate

    def inspect(
        self, decision: Decision, violations: Sequence[str], inspected_at: datetime
    ) -> InspectionOutcome:
        """Return the outcome of inspecting what `decision` held; `violations` is the truth."""
        if decision.action != "hold":
            raise ValueError(f"Expected a decision to hold, got `{decision.action}`")
        if inspected_at.tzinfo is None:
            raise ValueError("Expected a time with a time zone, got a naive datetime")
        digest = blake2b(decision.decision_id.encode(), digest_size=16, key=self._key)
        found = tuple(violations)
        if int.from_bytes(digest.digest()[:8]) < self._error_rate * 2**64:
            found = () if found else (_FALSE_FINDING,)
        return InspectionOutcome(
            schema_version=outcome.SCHEMA_VERSION,
            outcome_id=f"o-{digest.hexdigest()}",
            decision_id=decision.decision_id,
            item_id=decision.item_id,
            inspected_at=inspected_at,
            result="violation" if found else "compliant",
            violations=found,
        )


def clearance_event(decision: Decision, stage: ClearanceStage, at: datetime) -> ClearanceEvent:
    """Return what the clearance system tells of a held parcel; the same event has the same id."""
    digest = blake2b(f"{decision.decision_id} {stage}".encode(), digest_size=16)
    return ClearanceEvent(
        schema_version=clearance.SCHEMA_VERSION,
        event_id=f"e-{digest.hexdigest()}",
        decision_id=decision.decision_id,
        item_id=decision.item_id,
        stage=stage,
        at=at,
        office=decision.office_of_entry,
    )
