"""The IOSS ledger: what decisions add to it, what is put right later, and the running totals."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from schemas.types import (
    CountryCode,
    CurrencyCode,
    Identifier,
    SchemaVersion,
)

SCHEMA_VERSION = 1

LEDGER_GROUPS: Final = 2
"""IOSS numbers are spread over as many keys, so that each stays in one partition."""

Month = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$", description="YYYY-MM, in UTC.")]
Minor = Annotated[int, Meta(description="Money in whole minor units: cents of the euro.")]
Count = Annotated[int, Meta(ge=0)]


class LedgerCorrection(Struct, frozen=True, gc=False, omit_defaults=True):
    """An amount by which an earlier month is put right, and the month in which that is declared."""

    correction_id: Identifier
    ioss: Identifier
    month: Annotated[Month, Meta(description="The month whose return states the correction.")]
    corrects: Annotated[Month, Meta(description="The month that is put right.")]
    destination: CountryCode
    currency: CurrencyCode
    value: Minor = 0
    vat: Minor = 0


class LedgerDeltas(Struct, frozen=True, gc=False, omit_defaults=True):
    """What a batch adds, in columns: entry i is of number i, month i and destination i.

    `parcels`, `values` and `vats` are of the parcels that IOSS covers: sent to a member state,
    worth at most the limit, and assessed. Others that name the number are counted as `excluded`.
    It comes from a worker's transaction; `corrections` come from the tax authority.
    """

    schema_version: SchemaVersion
    numbers: tuple[Identifier, ...] = ()
    months: tuple[Month, ...] = ()
    destinations: tuple[CountryCode, ...] = ()
    currencies: tuple[CurrencyCode, ...] = ()
    parcels: tuple[Count, ...] = ()
    values: tuple[Minor, ...] = ()
    vats: tuple[Minor, ...] = ()
    excluded: tuple[Count, ...] = ()
    corrections: tuple[LedgerCorrection, ...] = ()


class LedgerLine(Struct, gc=False, omit_defaults=True):
    """Totals of one destination."""

    destination: CountryCode
    currency: CurrencyCode
    parcels: Count = 0
    value: Minor = 0
    vat: Minor = 0
    excluded: Count = 0


class LedgerEntry(Struct, omit_defaults=True):
    """Running totals of one IOSS number and month. The newest record of a key counts.

    `offset` is that of the last record of `parcels.ioss-deltas` that is in the totals: what is read
    again is skipped by it.
    """

    schema_version: SchemaVersion
    ioss: Identifier
    month: Month
    offset: int = -1
    lines: list[LedgerLine] = []
    corrections: list[LedgerCorrection] = []


EXAMPLE = b"""{
 "schema_version": 1, "ioss": "IM2760000742", "month": "2026-11", "offset": 41,
 "lines": [{"destination": "DE", "currency": "EUR", "parcels": 2, "value": 3780, "vat": 718}]
}"""

EXAMPLE_DELTAS = b"""{
 "schema_version": 1, "numbers": ["IM2760000742"], "months": ["2026-11"], "destinations": ["DE"],
 "currencies": ["EUR"], "parcels": [1], "values": [1890], "vats": [359], "excluded": [0]
}"""
