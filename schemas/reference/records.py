"""What a line of the reference data says. Dates are local to the destination, both inclusive."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.types import Channel, CountryCode, CurrencyCode, Identifier, TransactionNature

Charge = Literal["duty", "surcharge", "tax", "fee"]
Rule = Literal["none", "standard", "ad-valorem", "per-parcel", "per-line", "per-subheading"]
Basis = Literal["intrinsic", "tax"]
Status = Literal["confirmed", "unconfirmed"]

Money = Annotated[float, Meta(gt=0, le=1e9, description="In the row's currency.")]
Percent = Annotated[float, Meta(ge=0, le=1_000)]
Source = Annotated[str, Meta(min_length=1, description="Who says so.")]
Chapter = Annotated[int, Meta(ge=0, le=99, description="HS chapter; 0 for a code without one.")]

FIXED_AMOUNTS = frozenset({"per-parcel", "per-line", "per-subheading"})
"""Rules whose charge does not depend on the value."""


class Dated(Struct, frozen=True, kw_only=True):
    """What holds from one day to another in the destination's time zone; None is open."""

    valid_from: date | None = None
    valid_to: date | None = None

    def overlaps(self, other: Dated) -> bool:
        """Tell whether there is a day on which both hold."""
        start = max(self.valid_from or date.min, other.valid_from or date.min)
        return start <= min(self.valid_to or date.max, other.valid_to or date.max)


class Territory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A destination: what it is a member of, its currency and the time zone of its law.

    `digits` are the currency's decimals: amounts are rounded to them.
    """

    code: CountryCode
    name: str
    member_of: str = ""
    currency: CurrencyCode
    digits: Annotated[int, Meta(ge=0, le=3)] = 2
    time_zone: str


class Regime(Dated, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule of duty, surcharge, tax or fee, for values up to `limit` (None: all values).

    Empty selectors apply to everything; `origins` is that of the main item, or the posting country
    where none is declared. Of a charge's rows that fit a parcel the narrowest counts; above its
    limit the next one does, and above all limits the standard rates. All surcharges and fees that
    fit are added up. `doubtful` names fields that no source here confirms, `status` is that of the
    whole row: an unconfirmed one is off unless it is switched on.
    """

    code: Identifier
    charge: Charge
    destination: CountryCode
    rule: Rule
    source: Source
    status: Status
    currency: CurrencyCode
    channels: tuple[Channel, ...] = ()
    posted_in: tuple[CountryCode, ...] = ()
    origins: tuple[CountryCode, ...] = ()
    natures: tuple[TransactionNature, ...] = ()
    parties: Literal["", "persons"] = ""
    limit: Money | None = None
    limit_currency: CurrencyCode | None = None
    basis: Basis = "intrinsic"
    amount: Money | None = None
    rate_percent: Percent | None = None
    doubtful: tuple[str, ...] = ()
    note: str = ""

    @property
    def selectors(self) -> tuple[frozenset[str], ...]:
        """What the row applies to, one set for each selector; an empty one is everything."""
        parties = (self.parties,) if self.parties else ()
        chosen = (self.channels, self.posted_in, self.origins, self.natures, parties)
        return tuple(frozenset[str](values) for values in chosen)


class VatRate(Dated, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A destination's standard rate of VAT, GST or consumption tax."""

    destination: CountryCode
    rate_percent: Percent
    source: Source


class DutyRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A typical ad valorem rate of HS chapters; `destination` is `*` for all others."""

    destination: Annotated[str, Meta(min_length=1, max_length=2)]
    first_chapter: Chapter
    last_chapter: Chapter
    rate_percent: Percent
    status: Literal["estimate", "confirmed"]
    source: Source
