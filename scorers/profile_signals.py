"""Signs in the past of a parcel's parties and in its order; none where that is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from scorers.histories import HOUSEHOLD, quantity

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable

Flags = npt.NDArray[np.bool_]

_SEVERAL_NAMES: Final = 1.5
"""An estimate of two names or more."""

_UNDERPAID: Final = 0.5
"""Of the price; discounts and an order in two parts stay above."""

_FALLEN: Final = 0.4
"""Of the usual value per unit, which differs by goods: those of one heading by a few times."""

_MANY_SHIPPERS: Final = 4.0
_MOSTLY_NEW: Final = 0.6
"""Shippers for each parcel of an IOSS number: a seller has one or two, a platform many parcels."""

_KNOWN_DAYS: Final = 1.0
"""A young number tells nothing: while the store is, a platform's looks the same."""


def _splitting(table: ManifestTable) -> Flags:
    return (table.euros("total_value") <= table.limits) & (
        table.numbers("profiles.siblings_of_limit") > 1
    )


def _drop_address(table: ManifestTable) -> Flags:
    return quantity(table, "address", "distinct") >= HOUSEHOLD


def _handed_over(table: ManifestTable) -> Flags:
    several = quantity(table, "address", "distinct") >= _SEVERAL_NAMES
    flags: Flags = several & np.asarray(table.column("signals.deliver_to_differs"))
    return flags


def _paid_more(table: ManifestTable) -> Flags:
    flags: Flags = table.numbers("profiles.paid_share_of_day") < _UNDERPAID
    return flags


def _value_fell(table: ManifestTable) -> Flags:
    of_seller = table.numbers("profiles.seller_unit_times")
    return (of_seller < _FALLEN) & (table.numbers("profiles.lane_unit_times") < _FALLEN)


def _ioss_shared(table: ManifestTable) -> Flags:
    shippers, parcels = (quantity(table, "ioss", name) for name in ("distinct", "total"))
    known = quantity(table, "ioss", "age_days") >= _KNOWN_DAYS
    return known & (shippers >= _MANY_SHIPPERS) & (shippers >= _MOSTLY_NEW * parcels)


def _order_unknown(table: ManifestTable) -> Flags:
    if table.histories is None:
        return np.zeros(len(table), dtype=np.bool_)
    known = table.histories.orders.known
    flags: Flags = (table.texts("order_id").sizes > 0) & ~known
    return flags


def _order_by_another(table: ManifestTable) -> Flags:
    if table.histories is None:
        return np.zeros(len(table), dtype=np.bool_)
    return table.histories.orders.by_another


SIGNALS: Final[dict[str, Callable[[ManifestTable], Flags]]] = {
    "splitting": _splitting,
    "drop_address": _drop_address,
    "handed_over": _handed_over,
    "paid_more": _paid_more,
    "value_fell": _value_fell,
    "ioss_shared": _ioss_shared,
    "order_unknown": _order_unknown,
    "order_by_another": _order_by_another,
}
"""Signals by name, each a boolean for every parcel of a batch."""
