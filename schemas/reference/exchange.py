"""Dated exchange rates, in the layout of the ECB's `eurofxref-hist.csv`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from schemas.identifiers import is_currency
from schemas.reference.errors import Problems, ReferenceDataError
from schemas.reference.reading import cells_of

BASE: Final = "EUR"
"""Rates say how many units of a currency one euro is."""

_MISSING = frozenset({"", "N/A"})


@dataclass(frozen=True)
class ExchangeRates:
    """Rates by day, the earliest first; each holds from the day after its date.

    A day's rate is published in its afternoon. So a parcel gets the same rate whether it is
    assessed on that day or again later.
    """

    by_day: Mapping[date, Mapping[str, float]]

    @property
    def currencies(self) -> tuple[str, ...]:
        """All currencies with a rate, but for the base."""
        return tuple(sorted({currency for rates in self.by_day.values() for currency in rates}))


def read_exchange_rates(path: Path) -> ExchangeRates:
    """Return the rates of a file: column `Date` (ISO 8601), then one for each currency.

    Raise `ReferenceDataError` for a column that is no currency, a date that comes twice, and a
    rate that is no positive number; `N/A` and an empty cell are a rate that is missing.
    """
    problems = Problems()
    by_day: dict[date, dict[str, float]] = {}
    for line, cells in cells_of(path, problems):
        try:
            day, rates = _day(path, line, cells), _rates(path, line, cells)
        except ReferenceDataError as error:
            problems.add(error)
            continue
        if day in by_day:
            problems.refuse(path.name, line, f"expected each date once, got {day} again")
        by_day[day] = rates
    if not by_day and not problems:
        problems.refuse(path.name, 0, "expected rates of at least one day, got none")
    problems.raise_any()
    return ExchangeRates(dict(sorted(by_day.items())))


def _rates(path: Path, line: int, cells: Mapping[str, str]) -> dict[str, float]:
    # The ECB's lines end with a comma: a last column without a name.
    return {
        _currency(path, line, name): _rate(path, line, name, cell)
        for name, cell in cells.items()
        if name not in ("Date", "") and cell not in _MISSING
    }


def _day(path: Path, line: int, cells: Mapping[str, str]) -> date:
    text = cells.get("Date", "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = f"Date: expected a date like 2026-07-01, got {text!r}"
        raise ReferenceDataError(path.name, line, problem) from None


def _currency(path: Path, line: int, name: str) -> str:
    # A column of a former currency (HRK) may stay in the file: its code is of the right form.
    if is_currency(name) or (len(name) == len(BASE) and name.isalpha() and name.isupper()):
        return name
    raise ReferenceDataError(path.name, line, f"expected a column of a currency, got {name!r}")


def _rate(path: Path, line: int, name: str, cell: str) -> float:
    try:
        rate = float(cell)
    except ValueError:
        rate = math.nan
    if not 0 < rate < math.inf:
        raise ReferenceDataError(path.name, line, f"{name}: expected a rate > 0, got {cell!r}")
    return rate
