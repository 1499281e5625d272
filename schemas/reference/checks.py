"""What one record of the reference data must hold by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.identifiers import is_country, is_currency
from schemas.reference.records import FIXED_AMOUNTS, Dated, DutyRate, Regime, Territory, VatRate

Entry = Territory | Regime | VatRate | DutyRate


def problems_of(record: Entry) -> Iterator[str]:
    """Yield what is wrong with a record, each as field, expected and got."""
    if isinstance(record, Dated) and not record.overlaps(record):
        yield f"valid_to: expected {record.valid_from} or later, got {record.valid_to}"
    if isinstance(record, Territory):
        yield from _of_territory(record)
    elif record.rate_percent is not None and round(record.rate_percent * 100, 6) % 1:
        yield f"rate_percent: expected at most two decimals, got {record.rate_percent}"
    if isinstance(record, Regime):
        yield from _of_regime(record)
    elif isinstance(record, DutyRate) and record.last_chapter < record.first_chapter:
        yield f"last_chapter: expected {record.first_chapter} or more, got {record.last_chapter}"


def _of_territory(territory: Territory) -> Iterator[str]:
    if not is_country(territory.code):
        yield f"code: expected an ISO 3166 country, got {territory.code!r}"
    yield from _unknown_currency("currency", territory.currency)
    try:
        ZoneInfo(territory.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"time_zone: expected an IANA time zone, got {territory.time_zone!r}"


def _of_regime(regime: Regime) -> Iterator[str]:
    yield from _unknown_currency("currency", regime.currency)
    yield from _unknown_currency("limit_currency", regime.limit_currency or regime.currency)
    for country in chain(regime.posted_in, regime.origins):
        if not is_country(country):
            yield f"posted_in, origins: expected ISO 3166 countries, got {country!r}"
    for field in regime.doubtful:
        if field not in regime.__struct_fields__:
            yield f"doubtful: expected names of fields, got {field!r}"
    yield from _of_rule(regime)


def _of_rule(regime: Regime) -> Iterator[str]:
    """Yield what does not go with the row's rule and charge."""
    needed = {
        "amount": regime.rule in FIXED_AMOUNTS,
        "rate_percent": regime.rule == "ad-valorem",
    }
    for field, wanted in needed.items():
        if (getattr(regime, field) is not None) != wanted:
            expected = "a number" if wanted else "none"
            got = getattr(regime, field)
            yield f"{field}: expected {expected} with rule {regime.rule!r}, got {got}"
    if regime.charge == "tax" and regime.rule not in ("none", "standard"):
        yield f"rule: expected 'none' or 'standard' for a tax, got {regime.rule!r}"
    if regime.charge == "fee" and regime.rule == "standard":
        yield "rule: expected a fixed amount or a rate for a fee, got 'standard'"
    if regime.basis == "tax" and (regime.charge != "tax" or regime.limit is None):
        yield "basis: expected 'intrinsic' but for a tax with a limit, got 'tax'"


def _unknown_currency(field: str, currency: str) -> Iterator[str]:
    if not is_currency(currency):
        yield f"{field}: expected an ISO 4217 currency, got {currency!r}"
