"""What profiles and orders make of a parcel: columns and signals of a feature spec.

Without profiles (no store, or an evaluation of recorded cases) every column is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from schemas.types import MAX_MEASURE
from scorers.features.batch import Floats
from scorers.features.text import words
from scorers.histories import QUANTITIES
from scorers.memo import TextMemo
from scorers.profiles.layout import KINDS

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable

Flags = npt.NDArray[np.bool_]

_DAYS: Final = 30.0
_CENTS: Final = 100.0
_LEAST_PARCELS: Final = 3.0
"""Of a lane in 30 days, before its usual values mean anything."""

_LEAST_SPREAD: Final = 0.25
"""Of logarithms: a lane whose few parcels are all alike is not that sure of its values."""

_MANY_NAMES: Final = 5.0
_UNDERPAID: Final = 0.7


def _missing(table: ManifestTable) -> Floats:
    return np.full(len(table), np.nan)


def quantity(table: ManifestTable, kind: str, name: str) -> Floats:
    """Return a quantity of the parcels' entities of a kind before them; NaN if not known."""
    return _missing(table) if table.histories is None else table.histories.quantity(kind, name)


def _over_usual(table: ManifestTable, value: Floats, name: str) -> Floats:
    """Return the logarithm of a value's ratio to the lane's usual one."""
    known = quantity(table, "lane", "count_30d") >= _LEAST_PARCELS
    gap = np.log1p(np.minimum(value, MAX_MEASURE) * _CENTS) - quantity(table, "lane", name)
    return np.where(known, gap, np.nan)


def _lane_value_z(table: ManifestTable) -> Floats:
    gap = _over_usual(table, table.euros("derived.main_value_per_kg"), "usual_value_per_kg")
    return gap / np.maximum(quantity(table, "lane", "spread_of_value_per_kg"), _LEAST_SPREAD)


def _lane_value_times(table: ManifestTable) -> Floats:
    gap = _over_usual(table, table.euros("derived.main_value_per_kg"), "usual_value_per_kg")
    return np.exp(gap)


def _lane_unit_times(table: ManifestTable) -> Floats:
    gap = _over_usual(table, table.euros("derived.unit_value"), "usual_unit_value")
    return np.exp(gap)


def _burst(table: ManifestTable, kind: str) -> Floats:
    """Return how much busier the last day was than a day of the last thirty."""
    daily = quantity(table, kind, "count_30d") / _DAYS
    return (quantity(table, kind, "count_24h") + 1) / (daily + 1)


def _of_limit(table: ManifestTable, kind: str) -> Floats:
    """Return what came in seven days, this parcel included, as a share of the limit."""
    limit = table.limits()
    known = np.divide(1.0, limit, out=_missing(table), where=limit > 0)
    share: Floats = (quantity(table, kind, "value_7d") + table.euros("total_value")) * known
    return share


def _paid_share(table: ManifestTable) -> Floats:
    """Return the declared value as a share of the order's price, where the currency is the same."""
    if table.histories is None:
        return _missing(table)
    price = table.histories.of_orders(lambda orders: orders.price, np.nan)
    currency = table.histories.of_orders(lambda orders: orders.currency.astype("U3"), "EUR")
    same = np.array(table.column("currency")) == currency
    usable = same & (price > 0)
    share: Floats = np.divide(
        table.numbers("total_value"), price, out=_missing(table), where=usable
    )
    return share


def _title_share(table: ManifestTable) -> Floats:
    """Return how many of the words of the listing's title the main description has, as a share."""
    if table.histories is None:
        return _missing(table)
    titles = table.histories.titles()
    if not any(titles):
        return _missing(table)
    pairs = zip(table.column("main.description"), titles, strict=True)
    percents = [_COMMON[f"{text}\0{title}"] if title else -1 for text, title in pairs]
    shares = np.array(percents, dtype=np.float64) / 100
    return np.where(shares < 0, np.nan, shares)


def _common_percent(pair: str) -> int:
    description, _, title = pair.partition("\0")
    wanted = set(words(title))
    return round(100 * len(wanted.intersection(words(description))) / max(len(wanted), 1))


_COMMON: Final = TextMemo(_common_percent)

COLUMNS: Final[dict[str, Callable[[ManifestTable], Floats]]] = {
    "lane_value_z": _lane_value_z,
    "lane_value_times": _lane_value_times,
    "lane_unit_times": _lane_unit_times,
    "lane_burst": lambda table: _burst(table, "lane"),
    "shipper_burst": lambda table: _burst(table, "shipper"),
    "consignee_of_limit": lambda table: _of_limit(table, "consignee"),
    "address_of_limit": lambda table: _of_limit(table, "address"),
    "paid_share": _paid_share,
    "title_share": _title_share,
}
"""Columns that are no plain quantity, by name; NaN where they are not known."""

FORMERS: Final = tuple(f"{kind}_former" for kind in KINDS)
"""Texts: the decision id of the parcel of the same entity before this one."""

NAMES: Final = (*COLUMNS, *(f"{kind}_{name}" for kind in KINDS for name in QUANTITIES))
"""Names of all numbers."""


def column(table: ManifestTable, name: str) -> Floats:
    """Return a column of numbers by name."""
    if name in COLUMNS:
        return COLUMNS[name](table)
    kind, _, rest = name.partition("_")
    return quantity(table, kind, rest)


def _splitting(table: ManifestTable) -> Flags:
    limit, value = table.limits(), table.euros("total_value")
    within = value <= limit
    several = (quantity(table, "consignee", "count_7d") > 0) & (_of_limit(table, "consignee") > 1)
    also = (quantity(table, "address", "count_7d") > 0) & (_of_limit(table, "address") > 1)
    return within & (several | also)


def _drop_address(table: ManifestTable) -> Flags:
    return quantity(table, "address", "distinct") >= _MANY_NAMES


def _paid_more(table: ManifestTable) -> Flags:
    return _paid_share(table) < _UNDERPAID


def _order_unknown(table: ManifestTable) -> Flags:
    if table.histories is None:
        return np.zeros(len(table), dtype=np.bool_)
    known = table.histories.of_orders(lambda orders: orders.known, True)
    given = np.fromiter(map(bool, table.column("order_id")), np.bool_, len(table))
    flags: Flags = given & ~known
    return flags


def _order_by_another(table: ManifestTable) -> Flags:
    if table.histories is None:
        return np.zeros(len(table), dtype=np.bool_)
    return table.histories.sold_by_another()


SIGNALS: Final[dict[str, Callable[[ManifestTable], Flags]]] = {
    "splitting": _splitting,
    "drop_address": _drop_address,
    "paid_more": _paid_more,
    "order_unknown": _order_unknown,
    "order_by_another": _order_by_another,
}
"""Signals by name, each a boolean for every parcel of a batch."""
