"""An alert: something that no single decision shows, for workers, analysts and ops."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.types import Identifier, Instant, SchemaVersion, ShortText

SCHEMA_VERSION = 1

AlertKind = Literal[
    "order-after-manifest",
    "rules-refused",
    "lists-refused",
    "budgets-refused",
    "spike",
    "price-collapse",
    "split-consignments",
    "bottleneck",
    "drift",
    "labels-quarantined",
    "labels-stopped",
    "model-changed",
]


class Alert(Struct, frozen=True, gc=False, omit_defaults=True):
    """One alert. `alert_id` is made from what raised it, so a replay raises the same one."""

    schema_version: SchemaVersion
    alert_id: Identifier
    kind: AlertKind
    about: Annotated[str, Meta(max_length=256, description="What it is about: an id, a file.")]
    raised_at: Instant
    text: ShortText
    details: dict[str, Any] = {}
    expires_at: Annotated[
        Instant | None, Meta(description="When it no longer holds, unless it is raised again.")
    ] = None


EXAMPLE = b"""{
 "schema_version": 1, "alert_id": "parcels.orders:0:17", "kind": "order-after-manifest",
 "about": "RR473124829CN", "raised_at": "2026-11-01T08:00:05Z",
 "text": "the order came after its parcel's manifest, which was decided without it",
 "details": {"platform_id": "platform-a", "order_id": "order-1"}
}"""
