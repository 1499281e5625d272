"""What the parcels of a batch saw in profiles and orders, by row of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.profiles.history import COLUMNS, NEVER
from scorers.profiles.layout import KINDS, place_of
from scorers.profiles.seen import Seen
from scorers.profiles.units import Texts as Codes

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable

Flags = npt.NDArray[np.bool_]
Logged = npt.NDArray[np.float32]

_HOURS_A_DAY: Final = 24.0
_PRIOR_RATE: Final = 0.09
_PRIOR_INSPECTIONS: Final = 10.0
"""A rate starts as that of CBP's audit of US de minimis entries, as if so many were inspected."""

RECEIVERS: Final = ("consignee", "address")

HOUSEHOLD: Final = 8.0
"""Names at an address from which it is no household: a block of flats, a locker, a drop."""

ENTITIES: Final = "entities"
ROTATIONS: Final = "key_rotations"
"""What features have of entities beside what is learnt from; the second only if it is not 0."""

NO_CURRENCY: Final = np.bytes_(b"   ")
"""Where a parcel is in no unit."""

_SELLER: Final = KINDS.index("seller")

SIBLING: Final = "sibling"
"""Stands for whichever of consignee and household had a parcel last."""

QUANTITIES: Final = (*COLUMNS, "age_days", "rate")
"""What is known of an entity of any kind, by name; windows decay exponentially."""

_AT: Final = {name: place for place, name in enumerate(QUANTITIES)}

LINES: Final = {
    (kind, name): place * len(KINDS) + column
    for name, place in _AT.items()
    for column, kind in enumerate(KINDS)
}
"""The line of each kind's quantity among all."""


def smoothed(violations: Logged, inspected: Logged) -> Floats:
    """Return violations per inspection, as if there had been a few at the usual rate before.

    >>> smoothed(np.float32([0, 5]), np.float32([0, 10]))
    array([0.09 , 0.295])
    """
    expected = violations.astype(np.float64) + _PRIOR_RATE * _PRIOR_INSPECTIONS
    return expected / (inspected + _PRIOR_INSPECTIONS)


class Part(NamedTuple):
    """What a unit saw, which rows of the batch it is about, and the keys of their entities."""

    seen: Seen
    rows: Integers
    ids: Hashes


class OrdersSeen(NamedTuple):
    """What parcels know of their orders: one in no unit as if there was an order of no price.

    `by_another` are those that name a seller who is not that of their order.
    """

    known: Flags
    price: Floats
    currency: Codes
    by_another: Flags


class Histories:
    """Columns with a value for each of `count` parcels, put together from the units of a batch."""

    def __init__(self, count: int, parts: Sequence[Part], rotations: int = 0) -> None:
        """`rotations` are those of the secret that the keys of `parts` were made with."""
        self._count = count
        self._parts = parts
        self._rotations = rotations
        self._quantities: dict[tuple[str, str], Floats] = {}

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _seen(self) -> tuple[Logged, Integers]:
        """What all parts saw: a line for each of `LINES`, and places of parcels before by kind."""
        shape = (len(KINDS), self._count)
        quantities = np.empty((len(QUANTITIES), *shape), dtype=np.float32)
        quantities.fill(np.nan)
        places = np.empty(shape, dtype=np.int64)
        places.fill(NEVER)
        for seen, rows, _ in self._parts:
            seen.put(rows, quantities[: len(COLUMNS)], places)
        hours, *found = (quantities[_AT[name]] for name in ("age_hours", "violations", "inspected"))
        quantities[_AT["age_days"]] = hours.astype(np.float64) / _HOURS_A_DAY
        quantities[_AT["rate"]] = smoothed(*found)
        return quantities.reshape(len(LINES), self._count), places

    def quantity(self, kind: str, name: str) -> Floats:
        """Return a quantity of the parcels' entities of a kind; NaN where it is not known.

        It has the precision in which decisions log it, so that it is the same read back from there.
        """
        if (kind, name) not in self._quantities:
            self._quantities[kind, name] = self._seen[0][LINES[kind, name]].astype(np.float64)
        return self._quantities[kind, name]

    def as_logged(self, lines: Sequence[int]) -> Logged:
        """Return some lines of quantities as they are logged."""
        return self._seen[0].take(lines, axis=0)

    @cached_property
    def orders(self) -> OrdersSeen:
        """What each parcel knows of its order."""
        count = self._count
        found = OrdersSeen(
            np.ones(count, dtype=np.bool_),
            np.repeat(np.nan, count),
            np.repeat(NO_CURRENCY, count),
            np.zeros(count, dtype=np.bool_),
        )
        for seen, rows, ids in self._parts:
            orders = seen.orders
            found.known[rows], found.price[rows] = orders.known, orders.price
            found.currency[rows] = orders.currency
            sold_by, sellers = orders.seller, ids[_SELLER]
            found.by_another[rows] = (sold_by != 0) & (sellers != 0) & (sold_by != sellers)
        return found

    def titles(self) -> list[str]:
        """Return the title of what each parcel's order was for; "" if there is no order."""
        titles = [""] * self._count
        for seen, rows, _ in self._parts:
            for row, title in seen.orders.titled():
                titles[rows[row]] = title
        return titles

    def title_shares(self) -> Floats | None:
        """Return what the parcels' descriptions share with their titles, if only that is known."""
        return None

    def places(self, kind: str) -> Integers:
        """Return the packed place of the entity's parcel before each, below 0 if there was none."""
        row: Integers = self._seen[1][KINDS.index(kind)]
        return row

    def former(self, kind: str, parcels: Integers) -> list[str]:
        """Return the decision id of the entity's parcel before some parcels; "" if none was.

        `kind` may also be `SIBLING`.
        """
        if kind == SIBLING:
            return self._siblings(parcels)
        topics = self._topics(parcels)
        return [
            decision_id(topic, place) if place >= 0 else ""
            for topic, place in zip(topics, self.places(kind)[parcels].tolist(), strict=True)
        ]

    def _topics(self, parcels: Integers) -> list[str]:
        """Return the topics of some parcels' manifests."""
        return list(self._every_topic[parcels])

    @cached_property
    def _every_topic(self) -> npt.NDArray[np.object_]:
        topics = np.full(self._count, "", dtype=object)
        for seen, rows, _ in self._parts:
            topics[rows] = seen.source.topic
        return topics

    def _siblings(self, parcels: Integers) -> list[str]:
        idle, at_address = (self.quantity(kind, "idle_hours")[parcels] for kind in RECEIVERS)
        few = self.quantity("address", "distinct")[parcels] < HOUSEHOLD
        later = few & (np.isnan(idle) | (at_address < idle))
        found = zip(
            later.tolist(), *(self.former(kind, parcels) for kind in RECEIVERS), strict=True
        )
        return [at_address if chosen else own for chosen, own, at_address in found]

    def identified(self, parcels: Sequence[int]) -> list[dict[str, Any]]:
        """Return the keys of some parcels' entities in the order of kinds, in hexadecimal.

        With these a parcel's outcome is counted later, when its names are no longer at hand. Under
        a secret that was rotated they come with how often it was until then.
        """
        keys, rotations = self._keys(), {ROTATIONS: self._rotations} if self._rotations else {}
        return [
            {ENTITIES: [f"{key:x}" for key in keys[:, parcel].tolist()], **rotations}
            for parcel in parcels
        ]

    def _keys(self) -> Hashes:
        found = np.zeros((len(KINDS), self._count), dtype=np.uint64)
        for _, rows, ids in self._parts:
            found[:, rows] = ids
        return found


def decision_id(topic: str, place: int) -> str:
    """Return the decision id of the parcel of a packed place."""
    partition, offset = place_of(np.array(place))
    return f"{topic}:{int(partition)}:{int(offset)}"


def missing(table: ManifestTable) -> Floats:
    """Return a column of what is not known."""
    return np.full(len(table), np.nan)


def quantity(table: ManifestTable, kind: str, name: str) -> Floats:
    """Return a quantity of the parcels' entities of a kind before them; NaN if not known."""
    return missing(table) if table.histories is None else table.histories.quantity(kind, name)
