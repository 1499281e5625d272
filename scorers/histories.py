"""What the parcels of a batch saw in profiles and orders, by row of the batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.profiles.history import COLUMNS, NEVER
from scorers.profiles.layout import KINDS, place_of
from scorers.profiles.orders import Orders
from scorers.profiles.seen import Seen

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

SIBLING: Final = "sibling"
"""Stands for whichever of consignee and household had a parcel last."""

_DERIVED: Final[dict[str, Callable[[Callable[[str], Logged]], Floats]]] = {
    "age_days": lambda of: of("age_hours").astype(np.float64) / _HOURS_A_DAY,
    "rate": lambda of: smoothed(of("violations"), of("inspected")),
}

QUANTITIES: Final = (*COLUMNS, *_DERIVED)
"""What is known of an entity of any kind, by name; windows decay exponentially."""


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


class Histories:
    """Columns with a value for each of `count` parcels, put together from the units of a batch."""

    def __init__(self, count: int, parts: Sequence[Part], rotations: int = 0) -> None:
        """`rotations` are those of the secret that the keys of `parts` were made with."""
        self._count = count
        self._parts = parts
        self._rotations = rotations
        self._columns: dict[str, Logged] = {}
        self._quantities: dict[tuple[str, str], Floats] = {}

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _seen(self) -> tuple[Logged, Integers]:
        """What all parts saw: quantities by name, kind and parcel, and places of parcels before."""
        shape = (len(KINDS), self._count)
        quantities = np.full((len(COLUMNS), *shape), np.nan, dtype=np.float32)
        places = np.full(shape, NEVER, dtype=np.int64)
        for seen, rows, _ in self._parts:
            seen.put(rows, quantities, places)
        return quantities, places

    def quantity(self, kind: str, name: str) -> Floats:
        """Return a quantity of the parcels' entities of a kind; NaN where it is not known.

        It has the precision in which decisions log it, so that it is the same read back from there.
        """
        if (kind, name) not in self._quantities:
            self._quantities[kind, name] = self.as_logged(kind, name).astype(np.float64)
        return self._quantities[kind, name]

    def as_logged(self, kind: str, name: str) -> Logged:
        """Return the same as it is logged."""
        row: Logged = self._column(name)[KINDS.index(kind)]
        return row

    def _column(self, name: str) -> Logged:
        if name not in self._columns:
            derive = _DERIVED.get(name)
            self._columns[name] = (
                derive(self._column).astype(np.float32)
                if derive
                else self._seen[0][COLUMNS.index(name)]
            )
        return self._columns[name]

    def of_orders(self, read: Callable[[Orders], Any], absent: Any) -> Any:
        """Return a column of the parcels' orders, `absent` where a parcel is in no unit."""
        column = np.full(self._count, absent)
        for seen, rows, _ in self._parts:
            column[rows] = read(seen.orders)
        return column

    def sold_by_another(self) -> Flags:
        """Return which parcels name a seller who is not that of their order."""
        flags = np.zeros(self._count, dtype=np.bool_)
        for seen, rows, ids in self._parts:
            sold_by, sellers = seen.orders.seller, ids[KINDS.index("seller")]
            flags[rows] = (sold_by != 0) & (sellers != 0) & (sold_by != sellers)
        return flags

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
