"""What duty depends on besides value: lines, distinct subheadings, typical rates of the goods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from schemas.reference.conflicts import ELSEWHERE
from schemas.reference.records import DutyRate
from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable

_CHAPTERS: Final = 100
_SUBHEADING: Final = 6
"""Digits of an HS code that every country shares."""


@dataclass(frozen=True)
class Goods:
    """Per parcel: number of lines and of distinct subheadings, mean standard rate in basis points.

    The mean is weighted by the declared values of the lines; a parcel without values has the
    plain one.
    """

    lines: Floats
    subheadings: Floats
    standard_rate: Floats


class GoodsReader:
    """Reads what duty depends on from the lines of parcels."""

    def __init__(self, rates: Iterable[DutyRate], places: Iterable[str]) -> None:
        rows = tuple(rates)
        self._rates = np.array([_by_chapter(rows, place) for place in places])

    def read(self, table: DeclaredTable, places: Integers) -> Goods:
        """Return the goods of each parcel; `places` are rows of the duty rates."""
        subheadings, first, back = np.unique(
            table.hashes("items.hs_code", _SUBHEADING), return_index=True, return_inverse=True
        )
        codes = table.column("items.hs_code")
        chapters = np.array([_chapter(codes[item]) for item in first.tolist()], dtype=np.int64)
        rates = self._rates[places[table.item_owners], chapters[back]]
        return Goods(
            table.item_counts.astype(np.float64),
            _distinct(table, back, len(subheadings)),
            _weighted(rates, table),
        )


def _chapter(code: str) -> int:
    """Return the chapter of an HS code, 0 for one that has none."""
    start = code[:2]
    return int(start) if len(start) == len("00") and start.isascii() and start.isdigit() else 0


def _by_chapter(rates: Iterable[DutyRate], place: str) -> Floats:
    """Return a destination's rates in basis points by chapter, its own before the others'."""
    column = np.zeros(_CHAPTERS)
    for rate in sorted(rates, key=lambda row: row.destination != ELSEWHERE):
        if rate.destination in (ELSEWHERE, place):
            column[rate.first_chapter : rate.last_chapter + 1] = round(rate.rate_percent * 100)
    return column


def _distinct(table: DeclaredTable, numbers: Integers, reach: int) -> Floats:
    """Return how many distinct numbers below `reach` the lines of each parcel have."""
    counts = table.item_counts.astype(np.float64)
    several = (table.item_counts > 1)[table.item_owners]
    if several.any():
        pairs = np.unique(table.item_owners[several] * reach + numbers[several])
        found = np.bincount(pairs // reach, minlength=len(table))
        counts = np.where(table.item_counts > 1, found, counts)
    return counts


def _weighted(rates: Floats, table: DeclaredTable) -> Floats:
    """Return the mean of the lines' rates by parcel, weighted by their values."""
    values = table.numbers("items.value")
    totals = np.add.reduceat(values, table.item_starts)
    weights = np.where((totals > 0)[table.item_owners], values, 1.0)
    sums = np.add.reduceat(weights * rates, table.item_starts)
    mean: Floats = sums / np.add.reduceat(weights, table.item_starts)
    # Whole basis points stay whole: v * r / v can be off in the last bit.
    return np.round(mean, 9)
