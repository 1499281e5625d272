"""What duty, tax and fees a parcel owes as declared: the record a decision carries."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from schemas.types import CurrencyCode, OptionalIdentifier

Assessed = Annotated[
    float, Meta(ge=0, description="Money in the assessment's currency, rounded to its decimals.")
]


class Assessment(Struct, frozen=True, gc=False, omit_defaults=True):
    """Charges of one parcel in `currency`, the destination's; None for what is not known.

    `regime` is the duty row that applies or else is exceeded, `tax_regime` the tax row that
    applies (empty: the standard rate), `limit` the threshold in force, in `limit_currency`.
    """

    currency: CurrencyCode
    value: Assessed | None = None
    duty: Assessed | None = None
    vat: Assessed | None = None
    fees: Assessed | None = None
    total: Assessed | None = None
    regime: OptionalIdentifier = ""
    tax_regime: OptionalIdentifier = ""
    above_limit: bool = False
    limit: Assessed | None = None
    limit_currency: str = ""
