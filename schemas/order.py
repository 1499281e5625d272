"""The platform's own record of a sale, to hold the declaration against."""

from __future__ import annotations

from msgspec import Struct

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
    platform_id: Identifier
    order_id: Identifier
    ordered_at: Instant
    seller_id: Identifier
    price_paid: Amount
    currency: CurrencyCode
    listing_title: ShortText
    quantity: Quantity = 1
    product_ref: OptionalIdentifier = ""
    buyer_id: OptionalIdentifier = ""

    def __repr__(self) -> str:
        """Show the ids only: what somebody bought stays out of logs and errors."""
        return f"PlatformOrder(platform_id={self.platform_id!r}, order_id={self.order_id!r})"


EXAMPLE = b"""{
 "schema_version": 1, "platform_id": "platform-a", "order_id": "order-1",
 "ordered_at": "2026-10-30T11:00:00Z", "seller_id": "seller-7", "price_paid": 18.9,
 "currency": "EUR", "listing_title": "Printed cotton t-shirt, 2 pieces", "quantity": 2
}"""
