"""What profiles and orders make of a parcel: columns and signals of a feature spec.

Without profiles (no store, or an evaluation of recorded cases) every column is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from schemas.types import MAX_MEASURE
from scorers.features.batch import Floats
from scorers.histories import HOUSEHOLD, QUANTITIES, RECEIVERS, SIBLING, missing, quantity
from scorers.ordered import COLUMNS as ORDER_COLUMNS
from scorers.profile_signals import SIGNALS
from scorers.profiles.layout import KINDS

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable

__all__ = ["COLUMNS", "FORMERS", "NUMBERS", "SIGNALS"]

_PER_KG: Final = "derived.value_per_kg"
_PER_UNIT: Final = "derived.unit_value"

_DAYS: Final = 30.0
_CENTS: Final = 100.0
_LEAST_PARCELS: Final = 3.0
"""Of a lane or seller in 30 days, before its usual values mean anything."""

_LEAST_SPREAD: Final = 0.25
"""Of logarithms: a lane whose few parcels are all alike is not that sure of its values."""

_FADED: Final = 0.35
"""What a parcel counts after a day in a day's count: e^-1, and the rounding of its minute."""


def _over_usual(table: ManifestTable, source: str, kind: str, name: str) -> Floats:
    """Return the logarithm of a value's ratio to the usual one of the parcels' entities."""
    known = quantity(table, kind, "count_30d") >= _LEAST_PARCELS
    cents = np.minimum(table.euros(source), MAX_MEASURE) * _CENTS
    return np.where(known, np.log1p(cents) - quantity(table, kind, name), np.nan)


def _lane_value_z(table: ManifestTable) -> Floats:
    gap = _over_usual(table, _PER_KG, "lane", "usual_value_per_kg")
    return gap / np.maximum(quantity(table, "lane", "spread_of_value_per_kg"), _LEAST_SPREAD)


def _lane_value_times(table: ManifestTable) -> Floats:
    return np.exp(_over_usual(table, _PER_KG, "lane", "usual_value_per_kg"))


def _unit_times(table: ManifestTable, kind: str) -> Floats:
    return np.exp(_over_usual(table, _PER_UNIT, kind, "usual_unit_value"))


def _burst(table: ManifestTable, kind: str) -> Floats:
    """Return how much busier the last day was than a day of the last thirty."""
    daily = quantity(table, kind, "count_30d") / _DAYS
    return (quantity(table, kind, "count_24h") + 1) / (daily + 1)


def _of_limit(table: ManifestTable, kind: str, window: str) -> Floats:
    """Return what came within a window, this parcel included, as a share of the limit."""
    known = table.computed("euro of limit", lambda: _euro_of_limit(table))
    share: Floats = (quantity(table, kind, f"value_{window}") + table.euros("total_value")) * known
    return share


def _euro_of_limit(table: ManifestTable) -> Floats:
    """Return what a euro is of the limit; NaN without one."""
    return np.divide(1.0, table.limits, out=missing(table), where=table.limits > 0)


def _of_household(table: ManifestTable, consignee: Floats, address: Floats) -> Floats:
    """Return the larger of both, the address's only where it is a household's."""
    few = quantity(table, "address", "distinct") < HOUSEHOLD
    return np.fmax(consignee, np.where(few, address, np.nan))


def _siblings(table: ManifestTable) -> Floats:
    """Return about how many parcels came to the consignee or household within a day."""
    counts = (quantity(table, kind, "count_24h") for kind in RECEIVERS)
    return np.ceil(_of_household(table, *counts) - _FADED)


def _siblings_of_limit(table: ManifestTable) -> Floats:
    """Return what came to them, this parcel included, as a share of the limit; NaN if alone."""
    shares = (_of_limit(table, kind, "24h") for kind in RECEIVERS)
    alone = table.numbers("profiles.siblings") < 1
    return np.where(alone, np.nan, _of_household(table, *shares))


def _where_known(make: Callable[[ManifestTable], Floats]) -> Callable[[ManifestTable], Floats]:
    """Return what makes a column of the past where that is known."""
    return lambda table: missing(table) if table.histories is None else make(table)


def _quantity(kind: str, name: str) -> Callable[[ManifestTable], Floats]:
    return lambda table: quantity(table, kind, name)


_RELATED: Final[Mapping[str, Callable[[ManifestTable], Floats]]] = {
    "lane_value_z": _lane_value_z,
    "lane_value_times": _lane_value_times,
    "lane_unit_times": lambda table: _unit_times(table, "lane"),
    "seller_unit_times": lambda table: _unit_times(table, "seller"),
    "lane_burst": lambda table: _burst(table, "lane"),
    "shipper_burst": lambda table: _burst(table, "shipper"),
    "consignee_of_limit": lambda table: _of_limit(table, "consignee", "7d"),
    "consignee_day_of_limit": lambda table: _of_limit(table, "consignee", "24h"),
    "address_of_limit": lambda table: _of_limit(table, "address", "7d"),
    "address_day_of_limit": lambda table: _of_limit(table, "address", "24h"),
    "siblings": _siblings,
    "siblings_of_limit": _siblings_of_limit,
    **ORDER_COLUMNS,
}
"""Columns that are no plain quantity, by name."""

COLUMNS: Final = {name: _where_known(make) for name, make in _RELATED.items()}
"""The same, NaN where they are not known."""

NUMBERS: Final[Mapping[str, Callable[[ManifestTable], Floats]]] = {
    **COLUMNS,
    **{f"{kind}_{name}": _quantity(kind, name) for kind in KINDS for name in QUANTITIES},
}
"""All columns of numbers by name."""

FORMERS: Final = tuple(f"{kind}_former" for kind in (*KINDS, SIBLING))
"""Texts: the decision id of the parcel of the same entity before this one."""
