"""Regimes as arrays: what each row charges, as coefficients that a column can be priced with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.reference.records import Regime
from scorers.assessment.currencies import Currencies
from scorers.features.batch import Floats, Integers
from scorers.writing.columns import Names

Flags = npt.NDArray[np.bool_]

_PER: Final = ("per-parcel", "per-line", "per-subheading")
_NONE: Final = (0.0, 0.0, 0.0, 0.0, 0.0)
_STANDARD: Final = (0.0, 0.0, 0.0, 0.0, 1.0)
_NOT_KNOWN: Final = (np.nan,) * 5


@dataclass(frozen=True)
class Terms:
    """Rows of the regimes, and three more: the standard rates, no charge, and not known.

    `limits` are in the row's limit currency, infinite where there is none; `on_tax` marks those
    whose limit is one of the tax. `flat` has an amount a parcel, a line and a subheading; `rates`
    are in basis points, and `standard` is 1 where the goods' standard rate is charged too.
    """

    rows: tuple[Regime, ...]
    limits: Floats
    limit_currencies: Integers
    currencies: Integers
    on_tax: Flags
    flat: Floats
    rates: Floats
    standard: Floats

    @cached_property
    def codes(self) -> npt.NDArray[np.object_]:
        """Codes of the rows, and an empty one last."""
        return np.array([*(row.code for row in self.rows), ""], dtype=np.object_)

    @cached_property
    def written(self) -> Names:
        """The codes, as they are written."""
        return Names(self.codes.tolist())

    @cached_property
    def lines(self) -> Floats:
        """All of it, a line for each term, as `scorers.assessment.charging` takes it."""
        columns = (
            self.limits,
            self.limit_currencies,
            self.currencies,
            self.on_tax,
            self.relieved,
            self.rates,
            self.standard,
            *self.flat.T,
        )
        return np.stack(columns, axis=1).astype(np.float64)

    @cached_property
    def relieved(self) -> Flags:
        """Which terms charge nothing, so that no surcharge comes on top either."""
        charges: Flags = self.flat.any(axis=1) | (self.rates != 0) | (self.standard != 0)
        return np.logical_not(charges)

    @property
    def at_standard(self) -> int:
        """Number of the term above all limits."""
        return len(self.rows)

    @property
    def nothing(self) -> int:
        """Number of the term that charges nothing."""
        return len(self.rows) + 1

    @property
    def unknown(self) -> int:
        """Number of the term of which nothing is known."""
        return len(self.rows) + 2


def terms_of(rows: Sequence[Regime], currencies: Currencies) -> Terms:
    """Return the terms of regimes."""
    limits = [np.inf if row.limit is None else row.limit for row in rows]
    coefficients = np.array([*map(_coefficients, rows), _STANDARD, _NONE, _NOT_KNOWN])
    base = [0, 0, 0]
    return Terms(
        tuple(rows),
        np.array([*limits, np.inf, np.inf, np.inf]),
        np.array([*(currencies.number(row.limit_currency or row.currency) for row in rows), *base]),
        np.array([*(currencies.number(row.currency) for row in rows), *base]),
        np.array([*(row.basis == "tax" for row in rows), False, False, False]),
        coefficients[:, :3],
        coefficients[:, 3],
        coefficients[:, 4],
    )


def _coefficients(row: Regime) -> tuple[float, ...]:
    flat = (row.amount or 0.0 if row.rule == rule else 0.0 for rule in _PER)
    return (*flat, round((row.rate_percent or 0.0) * 100), float(row.rule == "standard"))
