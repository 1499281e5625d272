"""What the parcels of a batch owe as declared, in columns and as records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from schemas.reference.assessment import Assessment
from schemas.reference.exchange import BASE
from scorers.assessment.pricing import Charges, Parcels
from scorers.assessment.terms import Flags
from scorers.features.batch import Floats, Integers
from scorers.writing.columns import Column, Named, Names, Numbers
from scorers.writing.records import Records

_MONEY: Final = ("value", "duty", "vat", "fees", "total")
_FLAGS: Final = Names((False, True))


@dataclass(frozen=True)
class Assessments:
    """What the parcels of a batch owe as declared, in columns.

    `value`, `duty`, `vat` and `fees` are whole minor units of the assessed currency, the
    destination's; NaN is what is not known: the destination, its rates on that day, or the worth
    of the declared currency.
    """

    parcels: Parcels
    charges: Charges
    version: str = ""

    def __len__(self) -> int:
        return len(self.charges.value)

    @property
    def value(self) -> Floats:
        """Declared value."""
        return self.charges.value

    @property
    def duty(self) -> Floats:
        """Customs duty with surcharges."""
        return self.charges.duty

    @property
    def vat(self) -> Floats:
        """VAT, GST or consumption tax."""
        return self.charges.vat

    @property
    def fees(self) -> Floats:
        """Handling fees."""
        return self.charges.fees

    @property
    def total(self) -> Floats:
        """Duty, tax and fees."""
        return self.duty + self.vat + self.fees

    @property
    def units(self) -> Floats:
        """Minor units of one unit of the assessed currency: 100 for the euro, 1 for the yen."""
        return self.parcels.units

    @property
    def currencies(self) -> list[str]:
        """Code of the assessed currency."""
        return self.parcels.currencies.names(self.parcels.assessed)

    def currencies_of(self, parcels: Integers) -> list[str]:
        """Return the code of the assessed currency of some parcels."""
        return self.parcels.currencies.names(self.parcels.assessed[parcels])

    @cached_property
    def regime(self) -> Integers:
        """Duty row in force: what applies, or else is exceeded; -1 where there is none.

        Rows are numbered as in the reference data's `in_force`.
        """
        rows = len(self.parcels.terms.rows)
        applied, exceeded = self.charges.regime, self.charges.exceeded
        found = np.where(applied < rows, applied, exceeded)
        return np.where(found < rows, found, -1)

    @property
    def tax_regime(self) -> Integers:
        """Tax row that applies; -1 for the standard rate above all limits, or none."""
        return np.where(self.charges.tax < len(self.parcels.terms.rows), self.charges.tax, -1)

    @cached_property
    def limit_terms(self) -> Integers:
        """Term with the threshold in force: what applies if it has one, else what is exceeded."""
        limits, applied = self.parcels.terms.limits, self.charges.regime
        return np.where(np.isfinite(limits[applied]), applied, self.charges.exceeded)

    @property
    def above_limit(self) -> Flags:
        """Which parcels are above the threshold in force."""
        threshold = np.isfinite(self.limit)
        return threshold & np.not_equal(self.limit_terms, self.charges.regime)

    @cached_property
    def limit(self) -> Floats:
        """Threshold of the regime in force, in its own currency; NaN where there is none."""
        limits = self.parcels.terms.limits[self.limit_terms]
        return np.where(np.isfinite(limits), limits, np.nan)

    @property
    def limit_currencies(self) -> list[str]:
        """Currency of the threshold, empty where there is none."""
        return self.parcels.currencies.names(self._limit_currency_numbers)

    @property
    def _limit_currency_numbers(self) -> Integers:
        numbers = self.parcels.terms.limit_currencies[self.limit_terms]
        return np.where(np.isfinite(self.limit), numbers, 0)

    @property
    def limit_declared(self) -> Floats:
        """Threshold of the regime in force in the declared currency, unrounded; NaN for none."""
        parcels = self.parcels
        given = parcels.terms.limit_currencies[self.limit_terms]
        return self.limit * parcels.currencies.rate(given, parcels.declared, parcels.days)

    @cached_property
    def euros(self) -> Floats:
        """How many euro one unit of the declared currency is; NaN if that is not known."""
        parcels = self.parcels
        euro = np.full(len(self), parcels.currencies.number(BASE))
        return parcels.currencies.rate(parcels.declared, euro, parcels.days)

    def fitting(self, parcel: int) -> tuple[str, ...]:
        """Return the codes of all rows that fit one parcel at its moment, whatever its value."""
        rows, columns = self.parcels.terms.rows, self.parcels.columns
        plan = self.parcels.plans[parcel]
        charges = (columns.duty, columns.surcharge, columns.tax, columns.fee)
        terms = np.concatenate([charge[plan] for charge in charges]).tolist()
        return tuple(rows[term].code for term in terms if term < len(rows))

    def records(self) -> list[Assessment]:
        """Return each parcel's assessment as a decision carries it."""
        return self.columns().values()

    def columns(self) -> Records[Assessment]:
        """Return the same in columns."""
        parcels = self.parcels
        codes, regimes = parcels.currencies.written, parcels.terms.written
        money = {name: getattr(self, name) / self.units for name in _MONEY}
        columns: dict[str, Column] = {
            "currency": Named(codes, parcels.assessed),
            **{name: Numbers(amounts, optional=True) for name, amounts in money.items()},
            "regime": Named(regimes, self.regime),
            "tax_regime": Named(regimes, self.tax_regime),
            "above_limit": Named(_FLAGS, self.above_limit.astype(np.int64)),
            "limit": Numbers(self.limit, optional=True),
            "limit_currency": Named(codes, self._limit_currency_numbers),
        }
        return Records(Assessment, columns, len(self))
