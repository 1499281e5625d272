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
from scorers.features.hashing import Hashes, hash_column

_CHAPTERS: Final = 100
_CHAPTER: Final = 2
"""Digits of an HS code that are its chapter. Texts that short never share a hash."""

_SUBHEADING: Final = 6
"""Digits of an HS code that every country shares."""

_BY_HASH: Final = np.argsort(hash_column([f"{chapter:02}" for chapter in range(_CHAPTERS)]))
_HASHES: Final = hash_column([f"{chapter:02}" for chapter in _BY_HASH.tolist()])
"""Chapters in the order of their hashes, and those."""


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
        return Goods(
            table.item_counts.astype(np.float64),
            _distinct(table, table.hashes("items.hs_code", _SUBHEADING)),
            _weighted(self._rates[places[table.item_owners], _chapters(table)], table),
        )


def _chapters(table: DeclaredTable) -> Integers:
    """Return the chapter of each line, 0 for a code that has none."""
    hashes = table.hashes("items.hs_code", _CHAPTER)
    places = np.minimum(_HASHES.searchsorted(hashes), _CHAPTERS - 1)
    return np.where(_HASHES[places] == hashes, _BY_HASH[places], 0)


def _by_chapter(rates: Iterable[DutyRate], place: str) -> Floats:
    """Return a destination's rates in basis points by chapter, its own before the others'."""
    column = np.zeros(_CHAPTERS)
    for rate in sorted(rates, key=lambda row: row.destination != ELSEWHERE):
        if rate.destination in (ELSEWHERE, place):
            column[rate.first_chapter : rate.last_chapter + 1] = round(rate.rate_percent * 100)
    return column


def _distinct(table: DeclaredTable, hashes: Hashes) -> Floats:
    """Return how many distinct hashes the lines of each parcel have."""
    counts = table.item_counts.astype(np.float64)
    (lines,) = (table.item_counts > 1)[table.item_owners].nonzero()
    order = lines[np.lexsort((hashes[lines], table.item_owners[lines]))]
    owners, hashes = table.item_owners[order], hashes[order]
    again = owners[1:][(owners[1:] == owners[:-1]) & (hashes[1:] == hashes[:-1])]
    return counts - np.bincount(again, minlength=len(table))


def _weighted(rates: Floats, table: DeclaredTable) -> Floats:
    """Return the mean of the lines' rates by parcel, weighted by their values."""
    values = table.numbers("items.value")
    totals = np.add.reduceat(values, table.item_starts)
    weights = np.where((totals > 0)[table.item_owners], values, 1.0)
    sums = np.add.reduceat(weights * rates, table.item_starts)
    mean: Floats = sums / np.add.reduceat(weights, table.item_starts)
    # Whole basis points stay whole: v * r / v can be off in the last bit.
    return mean.round(9)
