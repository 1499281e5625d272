"""What one parcel after the other owes, by a compiled loop over columns."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers

LIMIT, LIMIT_CURRENCY, CURRENCY, ON_TAX, RELIEVED, RATE, STANDARD, FLAT = range(8)
"""What a line of terms says; three flat amounts come last: a parcel, a line and a subheading."""

AT_STANDARD, NOTHING, UNKNOWN = range(-3, 0)
"""The last lines of terms: above all limits, no charge, and not known."""

LINES, SUBHEADINGS, STANDARD_RATE, UNITS = range(4)
"""What a column says of the goods of a parcel, and of its currency."""

_BASIS_POINTS: Final = 10_000.0
_CENTS: Final = 100.0
"""Limits are compared at two decimals, in every currency."""

_UNKNOWN_CURRENCY: Final = 0
_HALF: Final = 0.5 + 1e-6
"""A half that is off by a float's rounding still counts as a half, far below any real remainder."""

VALUE, DUTY, VAT, FEES = range(4)
REGIME, EXCEEDED, TAX = range(3)


@compiled
def charge(
    terms: Floats,
    rates: Floats,
    chains: tuple[Integers, Integers, Integers, Integers],
    vat_rates: Floats,
    places: Integers,
    goods: Floats,
    values: Floats,
    amounts: Floats,
    chosen: Integers,
) -> None:
    """Fill in amounts and chosen terms, a column for each parcel.

    `chains` are the terms of duty, surcharge, tax and fee by plan; `places` are the plan, the
    declared and the assessed currency and the line of the exchange rates of each parcel.
    """
    for parcel in range(len(values)):
        plan, declared, assessed, day = places[:, parcel]
        value, units = values[parcel], goods[UNITS, parcel]
        minor = _half_up(value * _rate(rates, day, declared, assessed) * units)
        regime, exceeded = _chosen(terms, rates, chains[0][plan], day, declared, value, 0.0, False)
        duty = _price(terms, rates, regime, day, assessed, minor, goods[:, parcel])
        added = _added(
            terms, rates, chains[1][plan], day, declared, assessed, value, minor, goods[:, parcel]
        )
        duty += 0.0 if terms[regime, RELIEVED] else added
        standard = _half_up((minor + duty) * vat_rates[plan] / _BASIS_POINTS)
        in_cents = standard / units * _CENTS
        tax, _ = _chosen(terms, rates, chains[2][plan], day, declared, value, in_cents, True)
        factor = terms[tax, STANDARD]
        fees = _added(
            terms, rates, chains[3][plan], day, declared, assessed, value, minor, goods[:, parcel]
        )
        amounts[VALUE, parcel], amounts[DUTY, parcel] = minor, duty
        # No rate is needed where no tax is charged.
        amounts[VAT, parcel] = 0.0 * minor if factor == 0 else factor * standard
        # What nothing is known of has no fee either.
        amounts[FEES, parcel] = np.nan if regime == len(terms) + UNKNOWN else fees
        chosen[REGIME, parcel], chosen[EXCEEDED, parcel], chosen[TAX, parcel] = (
            regime,
            exceeded,
            tax,
        )


@compiled
def _half_up(amount: float) -> float:
    return float(np.floor(amount + _HALF))


@compiled
def _rate(rates: Floats, day: int, given: int, wanted: int) -> float:
    """Return how many units of the currency wanted one unit of the given one is."""
    if given == wanted and given != _UNKNOWN_CURRENCY:
        return 1.0
    return float(rates[day, wanted] / rates[day, given])


@compiled
def _above(terms: Floats, rates: Floats, term: int, day: int, declared: int, value: float) -> float:
    """Return 1 for a value above a term's limit, 0 for one that is not, NaN if not known."""
    limit = terms[term, LIMIT]
    if limit == np.inf:
        return 0.0
    wanted = int(terms[term, LIMIT_CURRENCY])
    amount = _half_up(value * _rate(rates, day, declared, wanted) * _CENTS)
    return _over(amount, limit)


@compiled
def _over(cents: float, limit: float) -> float:
    if np.isnan(cents):
        return np.nan
    return 1.0 if cents > limit * _CENTS else 0.0


@compiled
def _chosen(
    terms: Floats,
    rates: Floats,
    chain: Integers,
    day: int,
    declared: int,
    value: float,
    tax_in_cents: float,
    taxed: bool,
) -> tuple[int, int]:
    """Return the first term of a chain whose limit is kept, and the last one exceeded."""
    exceeded = len(terms) + NOTHING
    for level in range(len(chain)):
        term = chain[level]
        if taxed and terms[term, ON_TAX]:
            above = _over(tax_in_cents, terms[term, LIMIT])
        else:
            above = _above(terms, rates, term, day, declared, value)
        if np.isnan(above):
            return len(terms) + UNKNOWN, exceeded
        if above == 0.0 or level == len(chain) - 1:
            return term, exceeded
        exceeded = term
    return len(terms) + UNKNOWN, exceeded


@compiled
def _added(
    terms: Floats,
    rates: Floats,
    chain: Integers,
    day: int,
    declared: int,
    assessed: int,
    value: float,
    minor: float,
    goods: Floats,
) -> float:
    """Return the sum of all terms that fit, each up to its limit."""
    total = 0.0
    for term in chain:
        if term != len(terms) + NOTHING:
            above = _above(terms, rates, term, day, declared, value)
            if np.isnan(above):
                return np.nan
            if above == 0.0:
                total += _price(terms, rates, term, day, assessed, minor, goods)
    return total


@compiled
def _price(
    terms: Floats, rates: Floats, term: int, day: int, assessed: int, minor: float, goods: Floats
) -> float:
    """Return what a term charges."""
    line = terms[term]
    rate = line[RATE] + line[STANDARD] * goods[STANDARD_RATE]
    charged = _half_up(minor * rate / _BASIS_POINTS)
    flat = line[FLAT] + line[FLAT + 1] * goods[LINES] + line[FLAT + 2] * goods[SUBHEADINGS]
    if flat == 0:
        return charged
    worth = _rate(rates, day, int(line[CURRENCY]), assessed)
    return charged + _half_up(flat * worth * goods[UNITS])
