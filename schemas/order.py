"""The platform's own record of a sale, to hold the declaration against."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from schemas.types import (
    Amount,
    CurrencyCode,
    Identifier,
    Instant,
    OptionalIdentifier,
    Quantity,
    SchemaVersion,
    ShortText,
)

SCHEMA_VERSION = 1


class PlatformOrder(Struct, frozen=True, gc=False, omit_defaults=True):
    """One order as the buyer saw it. `price_paid` is the order's total without shipping."""

    schema_version: SchemaVersion
    platform_id: Annotated[Identifier, Meta(description="As in the manifest.")]
    order_id: Annotated[Identifier, Meta(description="As in the manifest.")]
    ordered_at: Annotated[
        Instant, Meta(description="When the buyer ordered; RFC 3339 with an offset.")
    ]
    seller_id: Annotated[Identifier, Meta(description="As in the manifest.")]
    price_paid: Amount
    currency: CurrencyCode
    listing_title: Annotated[ShortText, Meta(description="What the buyer read.")]
    quantity: Quantity = 1
    product_ref: Annotated[OptionalIdentifier, Meta(description="As in the manifest.")] = ""
    buyer_id: Annotated[OptionalIdentifier, Meta(description="Who bought it.")] = ""

    def __repr__(self) -> str:
        """Show the ids only: what somebody bought stays out of logs and errors."""
        return f"PlatformOrder(platform_id={self.platform_id!r}, order_id={self.order_id!r})"


EXAMPLE = b"""{
 "schema_version": 1, "platform_id": "platform-a", "order_id": "order-1",
 "ordered_at": "2026-10-30T11:00:00Z", "seller_id": "seller-7", "price_paid": 18.9,
 "currency": "EUR", "listing_title": "Printed cotton t-shirt, 2 pieces", "quantity": 2
}"""
