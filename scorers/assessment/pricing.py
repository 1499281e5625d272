"""What a column of values owes: duty, tax and fees of each parcel, in whole minor units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scorers.assessment.charging import charge
from scorers.assessment.currencies import Currencies
from scorers.assessment.goods import Goods
from scorers.assessment.plans import PlanColumns
from scorers.assessment.terms import Terms
from scorers.features.batch import Floats, Integers


@dataclass(frozen=True)
class Charges:
    """What values owe, in whole minor units of the assessed currency; NaN where not known.

    `declared` is what was assessed, in the declared currency. `duty` includes surcharges.
    `regime` is the duty term that applies; `exceeded` is the one whose limit the value is above, or
    the term of no charge.
    """

    declared: Floats
    value: Floats
    duty: Floats
    vat: Floats
    fees: Floats
    regime: Integers
    exceeded: Integers
    tax: Integers

    @property
    def revenue(self) -> Floats:
        """Duty and tax: what depends on the value."""
        return self.duty + self.vat


@dataclass(frozen=True)
class Parcels:
    """What the charges of a batch depend on besides the value.

    `declared` and `assessed` are numbers of currencies, `units` the minor units of one assessed
    unit, `days` lines of the exchange rates, `plans` lines of `columns`.
    """

    terms: Terms
    currencies: Currencies
    columns: PlanColumns
    plans: Integers
    goods: Goods
    declared: Integers
    assessed: Integers
    units: Floats
    days: Integers

    @property
    def destinations(self) -> Integers:
        """Number of each parcel's territory in the reference data; 0 for one that is not known."""
        return self.columns.places[self.plans]

    def charges(self, values: Floats) -> Charges:
        """Return what values in the declared currency owe.

        Every charge is rounded once a parcel, halves up. Duty is charged on the value alone, tax
        on value and duty.
        """
        columns, goods = self.columns, self.goods
        amounts = np.empty((4, len(values)))
        chosen = np.empty((3, len(values)), dtype=np.int64)
        charge(
            self.terms.lines,
            self.currencies.rates,
            (columns.duty, columns.surcharge, columns.tax, columns.fee),
            columns.vat_rates,
            np.array((self.plans, self.declared, self.assessed, self.days), dtype=np.int64),
            np.array((goods.lines, goods.subheadings, goods.standard_rate, self.units)),
            values.astype(np.float64),
            amounts,
            chosen,
        )
        value, duty, vat, fees = amounts
        regime, exceeded, tax = chosen
        return Charges(values, value, duty, vat, fees, regime, exceeded, tax)

    def in_currency(self, minor: Floats, currency: str) -> Floats:
        """Return minor units of the assessed currency as an amount in another, unrounded."""
        wanted = np.full(len(minor), self.currencies.number(currency))
        return minor / self.units * self.currencies.rate(self.assessed, wanted, self.days)
