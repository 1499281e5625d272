"""The manifest: what a platform or operator declares about one parcel (WCO/UPU CN23, EU H7)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from schemas.types import (
    Amount,
    Attributes,
    Channel,
    CountryCode,
    CurrencyCode,
    Description,
    GrossKilograms,
    HsCode,
    Identifier,
    IdScheme,
    Incoterm,
    Instant,
    Kilograms,
    OptionalCountryCode,
    OptionalIdentifier,
    PartyKind,
    Quantity,
    SchemaVersion,
    ShortText,
    TransactionNature,
)

SCHEMA_VERSION = 1
MAX_ITEMS = 99


class Party(Struct, frozen=True, gc=False, omit_defaults=True):
    """A consignor, consignee, buyer or final receiver. Names and addresses are personal data."""

    id: Identifier
    name: ShortText = ""
    street: ShortText = ""
    city: ShortText = ""
    postcode: Annotated[str, Meta(max_length=32)] = ""
    country: OptionalCountryCode = ""
    kind: PartyKind = "person"

    def __repr__(self) -> str:
        """Show the id only: names and addresses stay out of logs and errors."""
        return f"Party(id={self.id!r})"


class Item(Struct, frozen=True, gc=False, omit_defaults=True):
    """One line of the declaration. `value` is the line's total, not the price of a unit."""

    description: Description
    hs_code: HsCode
    quantity: Quantity
    value: Amount
    net_weight_kg: Kilograms
    origin: OptionalCountryCode = ""
    product_ref: OptionalIdentifier = ""
    dangerous_goods: Annotated[
        str, Meta(max_length=6, description="UN number of dangerous goods, or empty.")
    ] = ""


class Manifest(Struct, frozen=True, gc=False, omit_defaults=True):
    """One parcel as declared before loading.

    `item_id` is an UPU S10 identifier for post and a house air waybill for express. An S10 number
    may come back after twelve months, so it identifies a parcel only together with its time.

    >>> from schemas.codec import decode_manifest
    >>> decode_manifest(EXAMPLE).items[0].hs_code
    '610910'
    """

    schema_version: SchemaVersion
    manifest_id: Identifier
    item_id: Annotated[str, Meta(min_length=1, max_length=35)]
    id_scheme: IdScheme
    submitted_at: Instant
    posted_at: Instant
    platform_id: Identifier
    channel: Channel
    operator_id: Identifier
    origin_post_country: CountryCode
    destination_country: CountryCode
    transaction_nature: TransactionNature
    consignor: Party
    consignee: Party
    gross_weight_kg: GrossKilograms
    total_value: Amount
    currency: CurrencyCode
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=MAX_ITEMS)]
    seller_id: OptionalIdentifier = ""
    order_id: OptionalIdentifier = ""
    office_of_entry: OptionalIdentifier = ""
    declarant_id: OptionalIdentifier = ""
    master_ref: OptionalIdentifier = ""
    ioss: OptionalIdentifier = ""
    eori: OptionalIdentifier = ""
    tax_ref: OptionalIdentifier = ""
    incoterm: Incoterm = ""
    eta: Instant | None = None
    postage: Amount | None = None
    buyer: Party | None = None
    deliver_to: Party | None = None
    attributes: Attributes = {}

    def __repr__(self) -> str:
        """Show the ids only: payloads stay out of logs and errors."""
        return f"Manifest(manifest_id={self.manifest_id!r}, item_id={self.item_id!r})"


EXAMPLE = b"""{
 "schema_version": 1, "manifest_id": "m-1", "item_id": "RR473124829CN", "id_scheme": "s10",
 "submitted_at": "2026-11-01T08:00:00Z", "posted_at": "2026-10-31T17:30:00Z",
 "platform_id": "platform-a", "seller_id": "seller-7", "order_id": "order-1",
 "channel": "post", "operator_id": "CNPOST", "origin_post_country": "CN",
 "destination_country": "DE", "office_of_entry": "DE003302", "transaction_nature": "sale",
 "consignor": {"id": "shipper-7", "name": "Bright Trading", "street": "8 Harbour Rd",
  "city": "Shenzhen", "postcode": "518000", "country": "CN", "kind": "business"},
 "consignee": {"id": "c-1", "name": "A. Muster", "street": "Hauptstr. 1", "city": "Berlin",
  "postcode": "10115", "country": "DE", "kind": "person"},
 "ioss": "IM2760000742", "gross_weight_kg": 0.42, "total_value": 18.9, "currency": "EUR",
 "items": [{"description": "cotton t-shirt, printed", "hs_code": "610910", "quantity": 2,
  "value": 18.9, "net_weight_kg": 0.36, "origin": "CN"}]
}"""
