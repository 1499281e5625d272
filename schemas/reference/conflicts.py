"""What records of the reference data must hold together: no code twice, no two answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from schemas.reference.errors import ReferenceDataError
from schemas.reference.reading import Read
from schemas.reference.records import DutyRate, Regime, Territory, VatRate

_CHAPTERS = frozenset(range(100))
ELSEWHERE = "*"
"""The destination of duty rates for all that have none of their own."""


def narrowness(regime: Regime, territory: Territory) -> int:
    """Return how narrow a row is for a destination: its selectors, and a member before its union.

    The narrowest row that fits a parcel is the one that counts.
    """
    return sum(map(bool, regime.selectors)) + (regime.destination == territory.code)


def covers(regime: Regime, territory: Territory) -> bool:
    """Tell whether a row is about a destination: named itself, or as a member of a union."""
    return regime.destination in (territory.code, territory.member_of)


def regime_problems(
    file: str,
    regimes: Sequence[Read[Regime]],
    on: Sequence[Read[Regime]],
    territories: Sequence[Territory],
) -> Iterator[ReferenceDataError]:
    """Yield what is wrong with unknown destinations, codes twice and rows that overlap.

    Only rows that are `on` can overlap: two of one charge that are equally narrow, fit the same
    parcel and hold on the same day. Surcharges and fees are added up, so they may.
    """
    seen: set[str] = set()
    for line, regime in regimes:
        if not any(covers(regime, territory) for territory in territories):
            problem = f"destination: expected one of the territories, got {regime.destination!r}"
            yield ReferenceDataError(file, line, problem)
        yield from _tax_limit_problems(file, line, regime, territories)
        if regime.code in seen:
            yield ReferenceDataError(file, line, f"code: expected a new one, got {regime.code!r}")
        seen.add(regime.code)
    one_answer = [entry for entry in on if entry.record.charge in ("duty", "tax")]
    for first, second in combinations(one_answer, 2):
        if _contradict(first.record, second.record, territories):
            problem = (
                f"expected rows that do not overlap, got {second.record.code}"
                f" and {first.record.code} (line {first.line})"
            )
            yield ReferenceDataError(file, second.line, problem)


def _tax_limit_problems(
    file: str, line: int, regime: Regime, territories: Iterable[Territory]
) -> Iterator[ReferenceDataError]:
    """Yield a limit of the tax that is not in the currency the tax is assessed in."""
    if regime.basis != "tax":
        return
    currency = regime.limit_currency or regime.currency
    for place in territories:
        if covers(regime, place) and place.currency != currency:
            problem = f"currency: expected {place.currency} with basis 'tax', got {currency}"
            yield ReferenceDataError(file, line, problem)


def _contradict(first: Regime, second: Regime, territories: Iterable[Territory]) -> bool:
    if first.charge != second.charge or not first.overlaps(second):
        return False
    pairs = zip(first.selectors, second.selectors, strict=True)
    if any(one and other and one.isdisjoint(other) for one, other in pairs):
        return False
    return any(
        covers(first, place)
        and covers(second, place)
        and narrowness(first, place) == narrowness(second, place)
        for place in territories
    )


def vat_problems(
    file: str, rates: Sequence[Read[VatRate]], territories: Sequence[Territory]
) -> Iterator[ReferenceDataError]:
    """Yield what is wrong with an unknown destination and with two rates on one day."""
    known = {territory.code for territory in territories}
    for line, rate in rates:
        if rate.destination not in known:
            problem = f"destination: expected one of the territories, got {rate.destination!r}"
            yield ReferenceDataError(file, line, problem)
    for first, (line, rate) in combinations(rates, 2):
        if first.record.destination == rate.destination and first.record.overlaps(rate):
            problem = f"expected rates that do not overlap, got one that line {first.line} does"
            yield ReferenceDataError(file, line, problem)


def duty_problems(file: str, rates: Sequence[Read[DutyRate]]) -> Iterator[ReferenceDataError]:
    """Yield what is wrong with two rates of a chapter, and with one without any."""
    seen: dict[tuple[str, int], int] = {}
    for line, rate in rates:
        chapters = range(rate.first_chapter, rate.last_chapter + 1)
        others = [seen.setdefault((rate.destination, chapter), line) for chapter in chapters]
        twice = [(c, other) for c, other in zip(chapters, others, strict=True) if other != line]
        for chapter, other in twice[:1]:
            problem = f"expected one rate for chapter {chapter}, got another in line {other}"
            yield ReferenceDataError(file, line, problem)
    missing = sorted(_CHAPTERS - {chapter for place, chapter in seen if place == ELSEWHERE})
    if missing:
        problem = f"expected rates of {ELSEWHERE} for chapters 0-99, got none for {missing[0]}"
        yield ReferenceDataError(file, 0, problem)
