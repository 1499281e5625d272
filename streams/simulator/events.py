"""What happens next on the platforms, and how often."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from streams.simulator.draws import Popularity
from streams.simulator.mix import COLLAPSE, Mix

SPLIT_PARTS: Final = (3, 4, 5, 6)
"""Parcels of one split purchase, each number as likely."""

ORDER_PARTS: Final = (2, 2, 3)
"""Parcels of one honest order that is sent in several, each entry as likely."""

_ORDERS_IN_PARTS: Final = 0.015
"""Honest parcels that are part of such an order: like split ones, but nothing is evaded."""

_SLOTS: Final = 65_536
"""The rarest event of the default mix has a weight of 1 in 2,000."""


class Event(NamedTuple):
    """What may happen next.

    An honest parcel, an honest order in several, or a violation: an `ordinary` one without
    signs, one by an `opportunist`, or one by a bad `actor`.
    """

    who: Literal["honest", "order", "ordinary", "opportunist", "actor"]
    typology: str = ""


def event_choice(mix: Mix) -> Popularity[Event]:
    """Return the choice of events with which the shares of *parcels* are those of `mix`."""
    honest = 1 - mix.violation_share
    weights = {
        Event("honest"): honest * (1 - _ORDERS_IN_PARTS),
        Event("order"): honest * _ORDERS_IN_PARTS / _mean(ORDER_PARTS),
    }
    for typology, share in mix.parcels().items():
        parts = _mean(SPLIT_PARTS) if typology == "splitting" else 1.0
        weights[Event("ordinary", typology)] = share * mix.ordinary_share
        # Nobody's values fall from some moment on by chance.
        by_chance = 0.0 if typology == COLLAPSE else mix.opportunist_share
        weights[Event("opportunist", typology)] = share * by_chance / parts
        weights[Event("actor", typology)] = share * (1 - mix.ordinary_share - by_chance) / parts
    return Popularity(list(weights), list(weights.values()), slots=_SLOTS)


def _mean(parts: tuple[int, ...]) -> float:
    return sum(parts) / len(parts)
