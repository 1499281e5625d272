"""What a column of values owes: duty, tax and fees of each parcel, in whole minor units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from scorers.assessment.currencies import Currencies, half_up
from scorers.assessment.goods import Goods
from scorers.assessment.plans import PlanColumns
from scorers.assessment.terms import Terms
from scorers.features.batch import Floats, Integers

_BASIS_POINTS: Final = 10_000.0
_CENTS: Final = 100.0
"""Limits are compared at two decimals, in every currency."""

Measure = Callable[[Integers], Floats]


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

    def charges(self, values: Floats) -> Charges:
        """Return what values in the declared currency owe.

        Every charge is rounded once a parcel, halves up. Duty is charged on the value alone, tax
        on value and duty.
        """
        rate = self.currencies.rate(self.declared, self.assessed, self.days)
        minor = half_up(values * rate * self.units)
        at_limit = self._measure(values)
        regime, exceeded = self._chosen(self.columns.duty[self.plans], at_limit)
        duty = self._price(regime, minor)
        added = self._added(self.columns.surcharge[self.plans], at_limit, minor)
        duty = duty + np.where(self.terms.relieved[regime], 0.0, added)
        standard = half_up((minor + duty) * self.columns.vat_rates[self.plans] / _BASIS_POINTS)
        tax, vat = self._tax(values, minor, standard)
        fees = self._added(self.columns.fee[self.plans], at_limit, minor)
        # What nothing is known of has no fee either.
        fees = np.where(regime == self.terms.unknown, np.nan, fees)
        return Charges(values, minor, duty, vat, fees, regime, exceeded, tax)

    def in_currency(self, minor: Floats, currency: str) -> Floats:
        """Return minor units of the assessed currency as an amount in another, unrounded."""
        wanted = np.full(len(minor), self.currencies.number(currency))
        return minor / self.units * self.currencies.rate(self.assessed, wanted, self.days)

    def _tax(self, values: Floats, minor: Floats, standard: Floats) -> tuple[Integers, Floats]:
        """Return the term of the tax and what it charges, of what the standard rate would."""
        by_value = self._measure(values)
        in_cents = standard / self.units * _CENTS

        def measure(term: Integers) -> Floats:
            return np.where(self.terms.on_tax[term], in_cents, by_value(term))

        term, _ = self._chosen(self.columns.tax[self.plans], measure)
        factor = self.terms.standard[term]
        # No rate is needed where no tax is charged.
        return term, np.where(factor == 0, 0.0 * minor, factor * standard)

    def _measure(self, values: Floats) -> Measure:
        """Return what gives the values in the currency of a term's limit, in cents."""

        def measure(term: Integers) -> Floats:
            wanted = self.terms.limit_currencies[term]
            return half_up(values * self.currencies.rate(self.declared, wanted, self.days) * _CENTS)

        return measure

    def _chosen(self, chain: Integers, measure: Measure) -> tuple[Integers, Integers]:
        """Return the first term of each chain whose limit is kept, and the last one exceeded."""
        term = chain[:, 0]
        exceeded = np.full(len(term), self.terms.nothing)
        for level in range(1, chain.shape[1] + 1):
            above = self._above(term, measure)
            open_question = np.isnan(above)
            if open_question.any():
                term = np.where(open_question, self.terms.unknown, term)
            if level == chain.shape[1] or not (above > 0).any():
                break
            exceeded = np.where(above > 0, term, exceeded)
            term = np.where(above > 0, chain[:, level], term)
        return term, exceeded

    def _above(self, term: Integers, measure: Measure) -> Floats:
        """Return 1 for what is above its term's limit, 0 for what is not, NaN if not known."""
        limits = self.terms.limits[term] * _CENTS
        amounts = measure(term)
        above = np.greater(amounts, limits).astype(np.float64)
        return np.where(np.isnan(amounts) & np.isfinite(limits), np.nan, above)

    def _added(self, columns: Integers, measure: Measure, minor: Floats) -> Floats:
        """Return the sum of all terms that fit, each up to its limit."""
        total = np.zeros(len(minor))
        for term in columns.T:
            if (term != self.terms.nothing).any():
                above = self._above(term, measure)
                total += np.where(above > 0, 0.0, self._price(term, minor) + 0.0 * above)
        return total

    def _price(self, term: Integers, minor: Floats) -> Floats:
        """Return what each parcel's term charges."""
        goods, terms = self.goods, self.terms
        rates = terms.rates[term] + terms.standard[term] * goods.standard_rate
        charged = half_up(minor * rates / _BASIS_POINTS)
        flat = terms.flat[term]
        if not flat.any():
            return charged
        amounts = flat[:, 0] + flat[:, 1] * goods.lines + flat[:, 2] * goods.subheadings
        rate = self.currencies.rate(terms.currencies[term], self.assessed, self.days)
        return charged + np.where(amounts == 0, 0.0, half_up(amounts * rate * self.units))
