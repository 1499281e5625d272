"""What a false declaration would cost: value expected, revenue at stake, expected loss."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from schemas.reference.exchange import BASE
from scorers.assessment.revenue import revenue_at_stake
from scorers.features.batch import Floats
from scorers.features.tables import ManifestTable

_LEAST_SHARE: Final = 0.01
"""Goods a hundred times below their lane's usual value per kg say more of a weight than a value."""


def expected_value(table: ManifestTable) -> Floats:
    """Return what each parcel's goods are usually worth, in its declared currency.

    The price paid for its order, where that is known; else the declared value is brought up to the
    lane's usual value per kg, a hundredfold at most. Never below what is declared. Goods declared
    as worth nothing are worth nothing unless there is an order.
    """
    declared = table.numbers("total_value")
    share = table.numbers("profiles.lane_value_times")
    below = share < 1
    usual = np.divide(declared, np.maximum(share, _LEAST_SHARE), out=declared.copy(), where=below)
    paid = _paid(table)
    return np.where(np.isnan(paid), usual, np.maximum(declared, paid))


def at_stake(table: ManifestTable) -> Floats:
    """Return the revenue in euro lost if the goods are worth what is usual; 0 if unknown."""
    if table.assessments is None:
        return np.zeros(len(table))
    declared = table.numbers("total_value")
    lost = revenue_at_stake(table.assessments, declared, expected_value(table))
    return np.where(np.isnan(lost), 0.0, lost)


def owed(table: ManifestTable) -> float:
    """Return the duty and tax, in euro, that a batch owes as declared; what is unknown is 0."""
    if table.assessments is None:
        return 0.0
    parcels, charges = table.assessments.parcels, table.assessments.charges
    revenue = parcels.in_currency(charges.revenue, BASE)
    return float(np.where(np.isnan(revenue), 0.0, revenue).sum())


class Stakes(NamedTuple):
    """Revenue at stake in a batch, in euro: in all parcels, and in those held."""

    total: float
    held: float


def _paid(table: ManifestTable) -> Floats:
    """Return the price of each parcel's order; NaN without one in the declared currency."""
    if table.histories is None:
        return np.full(len(table), np.nan)
    comparable = ~np.isnan(table.numbers("profiles.paid_share"))
    return np.where(comparable, table.histories.orders.price, np.nan)
