"""What happened to a held parcel on its way: it arrived, was inspected, was released."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.types import Identifier, Instant, OptionalIdentifier, SchemaVersion

SCHEMA_VERSION = 1

ClearanceStage = Literal["arrived", "inspected", "released"]


class ClearanceEvent(Struct, frozen=True, gc=False, omit_defaults=True):
    """One step of one parcel, told by the clearance system. Events may come late or twice."""

    schema_version: SchemaVersion
    event_id: Annotated[Identifier, Meta(description="Yours; the same if it is sent again.")]
    decision_id: Annotated[Identifier, Meta(description="The decision that held the parcel.")]
    item_id: Annotated[Identifier, Meta(description="That of the decision.")]
    stage: Annotated[ClearanceStage, Meta(description="What happened.")]
    at: Annotated[Instant, Meta(description="When it happened; RFC 3339 with an offset.")]
    office: Annotated[OptionalIdentifier, Meta(description="Customs office where it was.")] = ""


EXAMPLE = b"""{
 "schema_version": 1, "event_id": "e-1", "decision_id": "parcels.manifests:3:1042",
 "item_id": "RR473124829CN", "stage": "released", "at": "2026-11-02T09:20:00Z",
 "office": "DE003302"
}"""
