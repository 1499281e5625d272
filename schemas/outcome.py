"""What an inspection, or a later finding, showed about a parcel."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.types import (
    Identifier,
    InspectionResult,
    Instant,
    OptionalIdentifier,
    SchemaVersion,
    ShortText,
)

SCHEMA_VERSION = 1


class InspectionOutcome(Struct, frozen=True, gc=False, omit_defaults=True):
    """The result for one decision, returned by the clearance system.

    `found` tells an inspection of a held parcel from something found downstream, after release. A
    later record with another result for the same decision corrects the earlier one.
    """

    schema_version: SchemaVersion
    outcome_id: Annotated[Identifier, Meta(description="Yours; the same if it is sent again.")]
    decision_id: Annotated[Identifier, Meta(description="The decision that this answers.")]
    item_id: Annotated[Identifier, Meta(description="That of the decision.")]
    inspected_at: Annotated[
        Instant, Meta(description="When it was found; RFC 3339 with an offset.")
    ]
    result: Annotated[InspectionResult, Meta(description="What it came to.")]
    violations: Annotated[
        tuple[ShortText, ...], Meta(max_length=16, description="Codes of what was found.")
    ] = ()
    found: Annotated[
        Literal["inspection", "downstream"], Meta(description="While it was held, or later.")
    ] = "inspection"
    source: Annotated[
        OptionalIdentifier,
        Meta(description="Who reports it; the office of entry if empty. Labels are capped by it."),
    ] = ""


EXAMPLE = b"""{
 "schema_version": 1, "outcome_id": "o-1", "decision_id": "parcels.manifests:3:1042",
 "item_id": "RR473124829CN", "inspected_at": "2026-11-02T09:15:00Z", "result": "violation",
 "violations": ["undervaluation"]
}"""
