"""What the parcels of a batch saw in profiles and orders, by row of the batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.profiles.layout import KINDS
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

SIBLING: Final = "sibling"
"""Stands for whichever of consignee and household had a parcel last."""

QUANTITIES: Final[dict[str, Callable[[Seen], Floats]]] = {
    "count_24h": lambda seen: seen.counts[0],
    "count_7d": lambda seen: seen.counts[1],
    "count_30d": lambda seen: seen.counts[2],
    "value_24h": lambda seen: seen.values[0],
    "value_7d": lambda seen: seen.values[1],
    "value_30d": lambda seen: seen.values[2],
    "weight_7d": lambda seen: seen.weights[1],
    "total": lambda seen: seen.total,
    "distinct": lambda seen: seen.distinct,
    "near_share": lambda seen: seen.near_share,
    "age_days": lambda seen: seen.age_hours / _HOURS_A_DAY,
    "idle_hours": lambda seen: seen.idle_hours,
    "inspected": lambda seen: seen.inspected,
    "violations": lambda seen: seen.violations,
    "rate": lambda seen: seen.violation_rate(_PRIOR_RATE, _PRIOR_INSPECTIONS),
    "usual_unit_value": lambda seen: seen.log_unit_value[0],
    "usual_value_per_kg": lambda seen: seen.log_value_per_kg[0],
    "spread_of_value_per_kg": lambda seen: seen.log_value_per_kg[1],
}
"""What is known of an entity of any kind, by name; windows decay exponentially."""


class Part(NamedTuple):
    """What a unit saw, which rows of the batch it is about, and the keys of their entities."""

    seen: Seen
    rows: Integers
    ids: Hashes


class Histories:
    """Columns with a value for each of `count` parcels, put together from the units of a batch."""

    def __init__(self, count: int, parts: Sequence[Part]) -> None:
        self._count = count
        self._parts = parts
        self._columns: dict[str, Logged] = {}
        self._quantities: dict[tuple[str, str], Floats] = {}

    def __len__(self) -> int:
        return self._count

    def quantity(self, kind: str, name: str) -> Floats:
        """Return a quantity of the parcels' entities of a kind; NaN where it is not known.

        It has the precision in which decisions log it, so that it is the same read back from there.
        """
        if (kind, name) not in self._quantities:
            self._quantities[kind, name] = self.as_logged(kind, name).astype(np.float64)
        return self._quantities[kind, name]

    def as_logged(self, kind: str, name: str) -> Logged:
        """Return the same as it is logged."""
        if name not in self._columns:
            self._columns[name] = self._gathered(QUANTITIES[name])
        row: Logged = self._columns[name][KINDS.index(kind)]
        return row

    def _gathered(self, read: Callable[[Seen], Floats]) -> Logged:
        if len(self._parts) == 1 and np.array_equal(self._parts[0].rows, np.arange(self._count)):
            return read(self._parts[0].seen).astype(np.float32)
        gathered = np.full((len(KINDS), self._count), np.nan, dtype=np.float32)
        for seen, rows, _ in self._parts:
            gathered[:, rows] = read(seen)
        return gathered

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
            for row, title in zip(rows.tolist(), seen.orders.titles, strict=True):
                titles[row] = title
        return titles

    def title_shares(self) -> Floats | None:
        """Return what the parcels' descriptions share with their titles, if only that is known."""
        return None

    def places(self, kind: str) -> tuple[Floats, Floats]:
        """Return partition and offset of the entity's parcel before each; NaN if none was."""
        found = np.full((2, self._count), np.nan)
        for seen, rows, _ in self._parts:
            found[:, rows] = [column[KINDS.index(kind)] for column in seen.former]
        return found[0], found[1]

    def former(self, kind: str, parcels: Integers) -> list[str]:
        """Return the decision id of the entity's parcel before some parcels; "" if none was.

        `kind` may also be `SIBLING`.
        """
        if kind == SIBLING:
            return self._siblings(parcels)
        row = KINDS.index(kind)
        found: dict[int, str] = {}
        for seen, rows, _ in self._parts:
            partitions, offsets = (column[row] for column in seen.former)
            for at in np.flatnonzero(np.isin(rows, parcels) & (partitions >= 0)).tolist():
                place = f"{int(partitions[at])}:{int(offsets[at])}"
                found[int(rows[at])] = f"{seen.source.topic}:{place}"
        return [found.get(parcel, "") for parcel in parcels.tolist()]

    def _siblings(self, parcels: Integers) -> list[str]:
        idle, at_address = (self.quantity(kind, "idle_hours")[parcels] for kind in RECEIVERS)
        few = self.quantity("address", "distinct")[parcels] < HOUSEHOLD
        later = few & (np.isnan(idle) | (at_address < idle))
        found = zip(
            later.tolist(), *(self.former(kind, parcels) for kind in RECEIVERS), strict=True
        )
        return [at_address if chosen else own for chosen, own, at_address in found]

    def entities(self, parcels: Sequence[int]) -> list[list[str]]:
        """Return the keys of some parcels' entities in the order of kinds, in hexadecimal.

        With these a parcel's outcome is counted later, when its names are no longer at hand.
        """
        found = np.zeros((len(KINDS), self._count), dtype=np.uint64)
        for _, rows, ids in self._parts:
            found[:, rows] = ids
        return [[f"{key:x}" for key in found[:, parcel].tolist()] for parcel in parcels]


def missing(table: ManifestTable) -> Floats:
    """Return a column of what is not known."""
    return np.full(len(table), np.nan)


def quantity(table: ManifestTable, kind: str, name: str) -> Floats:
    """Return a quantity of the parcels' entities of a kind before them; NaN if not known."""
    return missing(table) if table.histories is None else table.histories.quantity(kind, name)
