"""Which rows of the reference data are about a destination, and let a kind of parcel pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from schemas.reference.conflicts import covers, narrowness
from schemas.reference.loading import Reference
from schemas.reference.records import Regime, Territory
from scorers.assessment.moments import span

SOURCES: Final = (
    "destination_country",
    "channel",
    "origin_post_country",
    "main.origin",
    "transaction_nature",
    "consignor.kind",
    "consignee.kind",
)
"""What regimes choose parcels by, in the order of `Situation`."""

Moments = tuple[float, float]
"""When something begins, and the first moment at which it no longer holds."""


Traits = tuple[str, ...]
"""What a situation is by each selector of regimes; empty for what none of them chooses by."""


class Situation(NamedTuple):
    """What regimes choose a parcel by."""

    destination: str
    channel: str
    posted_in: str
    origin: str
    nature: str
    consignor: str
    consignee: str


def rows_of(place: Territory | None, regimes: Sequence[Regime]) -> dict[int, Moments]:
    """Return when each row about a destination holds, the narrowest first."""
    if place is None:
        return {}
    zone = ZoneInfo(place.time_zone)
    about = [(row, number) for number, row in enumerate(regimes) if covers(row, place)]
    about.sort(key=lambda entry: -narrowness(entry[0], place))
    return {number: span(row, zone) for row, number in about}


def vat_of(place: Territory | None, reference: Reference) -> list[tuple[Moments, float]]:
    """Return a destination's standard tax rates in basis points, and when each holds."""
    if place is None:
        return []
    zone = ZoneInfo(place.time_zone)
    own = (rate for rate in reference.vat_rates if rate.destination == place.code)
    return [(span(rate, zone), round(rate.rate_percent * 100)) for rate in own]


def holds(moments: Moments, moment: float) -> bool:
    """Tell whether a moment is before the end and not before the start."""
    return moments[0] <= moment < moments[1]


def traits_of(situation: Situation) -> Traits:
    """Return what a situation is by each selector of regimes."""
    kinds = {situation.consignor, situation.consignee}
    return (
        situation.channel,
        situation.posted_in,
        situation.origin or situation.posted_in,
        situation.nature,
        "persons" if kinds == {"person"} else "",
    )


def mentioned(regimes: Iterable[Regime]) -> tuple[frozenset[str], ...]:
    """Return what regimes choose parcels by, for each selector: all else is alike to them."""
    wanted = [regime.selectors for regime in regimes]
    return tuple(frozenset().union(*values) for values in zip(*wanted, strict=True))


def fits(regime: Regime, traits: Traits) -> bool:
    """Tell whether a row's selectors let a situation pass."""
    pairs = zip(regime.selectors, traits, strict=True)
    return all(not wanted or value in wanted for wanted, value in pairs)
