"""A profile in words and numbers, for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from scorers.profiles import KINDS, WINDOWS, Seen
from scorers.profiles.history import Quantities
from scorers.profiles.layout import COUNTERPARTIES

_CENTS: Final = 100.0
_UNKNOWN: Final = "-"


def lines_of(seen: Seen, kind: str, topic: str, now: datetime) -> list[str]:
    """Return what is known of the one parcel's entity of a kind, a quantity a line.

    Sums over windows decay exponentially, so they are no whole numbers. `topic` is that of the
    manifests.
    """
    row = KINDS.index(kind)
    windows = ", ".join(WINDOWS)
    rows = [(name.format(windows=windows), read(seen, row)) for name, read in _QUANTITIES.items()]
    rows[2:2] = [(f"different {COUNTERPARTIES[row]}s, about", f"{seen.distinct[row, 0]:.0f}")]
    for name, hours in (("first seen", seen.age_hours), ("last seen", seen.idle_hours)):
        at = now - timedelta(hours=float(hours[row, 0]))
        rows.append((name, f"{at:%Y-%m-%d %H:%M} UTC"))
    partition, offset = (int(column[row, 0]) for column in seen.former)
    rows.append(("last parcel", f"{topic}:{partition}:{offset}"))
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}  {text}" for name, text in rows]


def _in_windows(columns: Quantities, row: int) -> str:
    return ", ".join(f"{value:,.2f}" for value in columns[:, row, 0].tolist())


def _usual(log_cents: Quantities, row: int) -> str:
    """Return the amount whose ln(1 + cents) is the mean."""
    mean = float(log_cents[row, 0])
    return _UNKNOWN if np.isnan(mean) else f"{np.expm1(mean) / _CENTS:,.2f}"


_QUANTITIES: Final[dict[str, Callable[[Seen, int], str]]] = {
    "parcels": lambda seen, row: f"{seen.total[row, 0]:,.0f}",
    "parcels in {windows}": lambda seen, row: _in_windows(seen.counts, row),
    "EUR in {windows}": lambda seen, row: _in_windows(seen.values, row),
    "kg in {windows}": lambda seen, row: _in_windows(seen.weights, row),
    "usual EUR a unit": lambda seen, row: _usual(seen.log_unit_value[0], row),
    "usual EUR a kg": lambda seen, row: _usual(seen.log_value_per_kg[0], row),
    "just below a threshold": lambda seen, row: f"{seen.near_share[row, 0]:.1%}",
    "inspected": lambda seen, row: f"{seen.inspected[row, 0]:,.0f}",
    "violations": lambda seen, row: f"{seen.violations[row, 0]:,.0f}",
}
"""What to show, and how it reads; `{windows}` are the lengths of time."""
