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

    id: Annotated[Identifier, Meta(description="Of the sender: one party, one id.")]
    name: Annotated[ShortText, Meta(description="As declared, in any script.")] = ""
    street: Annotated[ShortText, Meta(description="Street and house number.")] = ""
    city: Annotated[ShortText, Meta(description="Town or city.")] = ""
    postcode: Annotated[str, Meta(max_length=32, description="Postal code.")] = ""
    country: OptionalCountryCode = ""
    kind: Annotated[PartyKind, Meta(description="A gift comes from a person.")] = "person"

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
    product_ref: Annotated[
        OptionalIdentifier, Meta(description="The platform's number of the product.")
    ] = ""
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
    manifest_id: Annotated[Identifier, Meta(description="Of the sender; for your own look-up.")]
    item_id: Annotated[
        str, Meta(min_length=1, max_length=35, description="What the parcel's label says.")
    ]
    id_scheme: Annotated[IdScheme, Meta(description="UPU S10 number, or house air waybill.")]
    submitted_at: Annotated[
        Instant, Meta(description="When it was declared; RFC 3339 with an offset.")
    ]
    posted_at: Annotated[Instant, Meta(description="When it was posted; RFC 3339 with an offset.")]
    platform_id: Annotated[Identifier, Meta(description="The marketplace or shop.")]
    channel: Annotated[Channel, Meta(description="How it travels.")]
    operator_id: Annotated[Identifier, Meta(description="The postal operator or carrier.")]
    origin_post_country: Annotated[
        CountryCode, Meta(description="Where it was posted, ISO 3166-1 alpha-2.")
    ]
    destination_country: Annotated[
        CountryCode, Meta(description="Where it goes, ISO 3166-1 alpha-2.")
    ]
    transaction_nature: Annotated[TransactionNature, Meta(description="As on a CN23.")]
    consignor: Annotated[Party, Meta(description="Who sends it.")]
    consignee: Annotated[Party, Meta(description="Whom it is addressed to.")]
    gross_weight_kg: GrossKilograms
    total_value: Amount
    currency: CurrencyCode
    items: Annotated[
        tuple[Item, ...],
        Meta(min_length=1, max_length=MAX_ITEMS, description="Lines of the declaration."),
    ]
    seller_id: Annotated[OptionalIdentifier, Meta(description="Who sold it there.")] = ""
    order_id: Annotated[
        OptionalIdentifier, Meta(description="The platform's order, to be looked up.")
    ] = ""
    office_of_entry: Annotated[
        OptionalIdentifier, Meta(description="Customs office; budgets are by office.")
    ] = ""
    declarant_id: Annotated[OptionalIdentifier, Meta(description="Who declares it.")] = ""
    master_ref: Annotated[
        OptionalIdentifier, Meta(description="Master waybill or receptacle it travels in.")
    ] = ""
    ioss: Annotated[
        OptionalIdentifier, Meta(description="IOSS VAT number that tax was paid under.")
    ] = ""
    eori: Annotated[OptionalIdentifier, Meta(description="EORI of the importer.")] = ""
    tax_ref: Annotated[
        OptionalIdentifier, Meta(description="Another tax number that a country asks for.")
    ] = ""
    incoterm: Annotated[Incoterm, Meta(description="Who pays duty: DDP sender, DAP buyer.")] = ""
    eta: Annotated[
        Instant | None, Meta(description="Expected arrival; RFC 3339 with an offset.")
    ] = None
    postage: Annotated[
        Amount | None, Meta(description="Postage paid, in the record's currency.")
    ] = None
    buyer: Annotated[Party | None, Meta(description="Who bought it, if not the consignee.")] = None
    deliver_to: Annotated[
        Party | None, Meta(description="Who gets it in the end, if not the consignee.")
    ] = None
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
