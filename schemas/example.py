"""A labelled example: one line of the log that every model is a fold of."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.types import (
    Arm,
    Identifier,
    Instant,
    OptionalIdentifier,
    Probability,
    SchemaVersion,
)

SCHEMA_VERSION = 1


class LabelledExample(Struct, frozen=True, gc=False, omit_defaults=True):
    """Features of a decision with the label found, in the order learnt.

    `closes_batch` marks the last example of a mini-batch. The batches are part of the log, so
    that every fold of it makes the same updates, bit for bit. So are corrections and weights.
    """

    schema_version: SchemaVersion
    decision_id: Identifier
    item_id: Identifier
    outcome_id: Identifier
    inspected_at: Instant
    label: Annotated[bool, Meta(description="True for a violation.")]
    arm: Arm
    probability: Probability
    propensity: Probability
    closes_batch: bool
    features: dict[str, Any]
    corrects: Annotated[
        bool | None, Meta(description="The label learnt before, which this one takes back.")
    ] = None
    weight: Annotated[
        float, Meta(ge=0, le=1, description="How much it counts; 0: in quarantine, not learnt.")
    ] = 1.0
    source: OptionalIdentifier = ""
    reported_at: Annotated[
        Instant | None, Meta(description="When the outcome was logged; late labels come late.")
    ] = None

    def __repr__(self) -> str:
        """Show the ids only: features hold identifiers of persons."""
        return f"LabelledExample(decision_id={self.decision_id!r}, label={self.label!r})"


EXAMPLE = b"""{
 "schema_version": 1, "decision_id": "parcels.manifests:3:1042", "item_id": "RR473124829CN",
 "outcome_id": "o-1", "inspected_at": "2026-11-02T09:15:00Z", "label": true, "arm": "risk",
 "probability": 0.83, "propensity": 1.0, "closes_batch": true,
 "features": {"hs6": ["610910"], "seller": "seller-7", "value_per_kg": 45.0}
}"""
