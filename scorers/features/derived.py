"""Quantities computed from a manifest, a column at a time."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from scorers.features.declared import DeclaredTable

Floats = npt.NDArray[np.float64]


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below, NaN (missing) where that is no finite number."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = above / below
    return np.where(np.isfinite(ratio), ratio, np.nan)


def item_sum(table: DeclaredTable, field: str) -> Floats:
    """Return the sum of an item field over each parcel."""
    return np.add.reduceat(table.numbers(f"items.{field}"), table.item_starts)


def _value_per_kg(table: DeclaredTable) -> Floats:
    return _ratio(table.numbers("total_value"), table.numbers("gross_weight_kg"))


def _main_value_per_kg(table: DeclaredTable) -> Floats:
    return _ratio(table.numbers("main.value"), table.numbers("main.net_weight_kg"))


def _unit_value(table: DeclaredTable) -> Floats:
    return _ratio(table.numbers("main.value"), table.numbers("main.quantity"))


def _unit_weight(table: DeclaredTable) -> Floats:
    return _ratio(table.numbers("main.net_weight_kg"), table.numbers("main.quantity"))


def _net_share(table: DeclaredTable) -> Floats:
    return _ratio(item_sum(table, "net_weight_kg"), table.numbers("gross_weight_kg"))


def _items(table: DeclaredTable) -> Floats:
    return table.item_counts.astype(np.float64)


def _tax_rate(table: DeclaredTable) -> Floats:
    return np.array([_number(text) for text in table.column("attributes.tax_rate")])


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


COLUMNS: dict[str, Callable[[DeclaredTable], Floats]] = {
    "value_per_kg": _value_per_kg,
    "main_value_per_kg": _main_value_per_kg,
    "unit_value": _unit_value,
    "unit_weight": _unit_weight,
    "net_share": _net_share,
    "items": _items,
    "tax_rate": _tax_rate,
}
"""Columns by name, each with one value a parcel; NaN where it cannot be computed."""
