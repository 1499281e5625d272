"""Which regimes fit each parcel: looked up by its situation and its moment, once for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.reference.loading import Reference
from schemas.reference.records import Charge
from scorers.assessment.fitting import (
    SOURCES,
    Situation,
    Traits,
    fits,
    holds,
    mentioned,
    rows_of,
    traits_of,
    vat_of,
)
from scorers.assessment.terms import Terms
from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes

_MEMO: Final = 100_000
_BITS: Final = 14
_SHIFT: Final = np.uint64(64 - _BITS)
_NOWHERE: Final = 0
"""Place of every destination that the reference data does not have."""

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
"""Any odd number: the order of the parts counts, and no bit of theirs is lost."""


class Plan(NamedTuple):
    """What fits a parcel at its moment: terms by charge, the narrowest first; VAT in points."""

    place: int
    duty: tuple[int, ...]
    surcharge: tuple[int, ...]
    tax: tuple[int, ...]
    fee: tuple[int, ...]
    vat_rate: float


@dataclass(frozen=True)
class PlanColumns:
    """All plans so far as arrays; a line for each plan, padded to the longest."""

    places: Integers
    duty: Integers
    surcharge: Integers
    tax: Integers
    fee: Integers
    vat_rates: Floats


class Planner:
    """Finds the plan of each parcel, and remembers what it found.

    Regimes change on few days. So a situation has a timeline, the plan in each interval between
    two changes, and a parcel's plan is one look-up in it.
    """

    def __init__(self, reference: Reference, terms: Terms) -> None:
        self._terms = terms
        self.places = (None, *reference.territories)
        self._numbers = {place.code: n for n, place in enumerate(self.places) if place}
        self._rows = [rows_of(place, terms.rows) for place in self.places]
        self._vat = [vat_of(place, reference) for place in self.places]
        dated = [*(m for rows in self._rows for m in rows.values())]
        dated += [moments for rates in self._vat for moments, _ in rates]
        self._starts = np.unique([-np.inf, *(moment for pair in dated for moment in pair)])
        of_place = [[terms.rows[row] for row in rows] for rows in self._rows]
        self._mentioned = [mentioned(rows) for rows in of_place]
        self._by_traits: dict[tuple[int, Traits], int] = {}
        self._situations: dict[int, int] = {}
        # Lately seen ones stand at their first bits: a column of them is found at once. What is
        # in an empty place there has other first bits.
        self._keys_at = ~(np.arange(1 << _BITS, dtype=np.uint64) << _SHIFT)
        self._lines_at = np.zeros(1 << _BITS, dtype=np.int64)
        self._lines: dict[tuple[int, tuple[int, ...]], int] = {}
        self._timelines = np.empty((0, len(self._starts)), dtype=np.int64)
        self._plans: dict[Plan, int] = {}
        self._columns: PlanColumns | None = None
        self._plan(_NOWHERE, (), -np.inf)

    def of(self, table: DeclaredTable, moments: Floats) -> Integers:
        """Return the number of each parcel's plan, a line of `columns`."""
        keys = _keys(table)
        slots = (keys >> _SHIFT).view(np.int64)
        lines = self._lines_at[slots]
        (other,) = (self._keys_at[slots] != keys).nonzero()
        if len(other):
            lines[other] = self._looked_up(table, other, keys[other].tolist())
            self._keys_at[slots[other]], self._lines_at[slots[other]] = keys[other], lines[other]
        return self._timelines[lines, self._starts.searchsorted(moments, side="right") - 1]

    def _looked_up(self, table: DeclaredTable, parcels: Integers, keys: list[int]) -> list[int]:
        """Return the line of each parcel's timeline."""
        known = self._situations
        new = np.array([place for place, key in enumerate(keys) if key not in known], np.int64)
        if len(new):
            if len(known) >= _MEMO:
                known.clear()
                return self._looked_up(table, parcels, keys)
            columns = [table.some(source, parcels[new]) for source in SOURCES]
            for place, values in zip(new.tolist(), zip(*columns, strict=True), strict=True):
                known[keys[place]] = self._timeline(Situation(*values))
        return [known[key] for key in keys]

    @property
    def columns(self) -> PlanColumns:
        """The plans found so far."""
        if self._columns is None:
            self._columns = self._as_columns(list(self._plans))
        return self._columns

    def _timeline(self, situation: Situation) -> int:
        """Return the line of a situation's timeline, made when its rows are new."""
        place = self._numbers.get(situation.destination, _NOWHERE)
        pairs = zip(traits_of(situation), self._mentioned[place], strict=False)
        traits = tuple(trait if trait in some else "" for trait, some in pairs)
        if (place, traits) not in self._by_traits:
            found = [row for row in self._rows[place] if fits(self._terms.rows[row], traits)]
            self._by_traits[place, traits] = self._line(place, tuple(found))
        return self._by_traits[place, traits]

    def _line(self, place: int, rows: tuple[int, ...]) -> int:
        """Return the line of the timeline of rows, made when it is new."""
        number = self._lines.setdefault((place, rows), len(self._lines))
        if number == len(self._timelines):
            plans = [self._plan(place, rows, moment) for moment in self._starts.tolist()]
            self._timelines = np.vstack([self._timelines, plans])
        return number

    def _plan(self, place: int, rows: Sequence[int], moment: float) -> int:
        """Return the number of the plan of rows at a moment, made when it is new."""
        now = [row for row in rows if holds(self._rows[place][row], moment)]

        def of(charge: Charge) -> tuple[int, ...]:
            return tuple(row for row in now if self._terms.rows[row].charge == charge)

        rate = next((rate for held, rate in self._vat[place] if holds(held, moment)), np.nan)
        plan = Plan(place, of("duty"), of("surcharge"), of("tax"), of("fee"), rate)
        number = self._plans.setdefault(plan, len(self._plans))
        if number == len(self._plans) - 1:
            self._columns = None
        return number

    def _as_columns(self, plans: Sequence[Plan]) -> PlanColumns:
        places, duty, surcharge, tax, fee, vat = zip(*plans, strict=True)
        return PlanColumns(
            np.array(places),
            _padded([self._chain(rows) for rows in duty], self._terms.at_standard),
            _padded(surcharge, self._terms.nothing),
            _padded([self._chain(rows) for rows in tax], self._terms.at_standard),
            _padded(fee, self._terms.nothing),
            np.array(vat),
        )

    def _chain(self, rows: tuple[int, ...]) -> tuple[int, ...]:
        """Return a charge's rows and what is above all of their limits."""
        return (*rows, self._terms.at_standard) if rows else (self._terms.unknown,)


def _keys(table: DeclaredTable) -> Hashes:
    """Return a number for each parcel's situation: the features have hashed most of it before."""
    table.hash_texts((source, 0) for source in SOURCES)
    keys = np.zeros(len(table), dtype=np.uint64)
    for source in SOURCES:
        keys = keys * _ODD + table.hashes(source)
    return keys


def _padded(rows: Iterable[tuple[int, ...]], last: int) -> npt.NDArray[np.int64]:
    """Return tuples of several lengths as one array, filled up with `last`."""
    found = tuple(rows)
    width = max(map(len, found))
    filled = [(*row, *[last] * (width - len(row))) for row in found]
    return np.array(filled, dtype=np.int64).reshape(len(found), width)
