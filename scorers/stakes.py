"""What a false declaration would cost: value expected, revenue at stake, expected loss."""

from __future__ import annotations

import numpy as np

from scorers.assessment.revenue import revenue_at_stake
from scorers.features.batch import Floats
from scorers.features.tables import ManifestTable


def expected_value(table: ManifestTable) -> Floats:
    """Return what each parcel's goods are usually worth, in its declared currency.

    Where the lane is known, the declared value is brought up to the lane's usual value per kg;
    else up to the price of the order. Never below what is declared.
    """
    declared = table.numbers("total_value")
    of_usual = table.numbers("profiles.lane_value_times")
    of_price = table.numbers("profiles.paid_share")
    share = np.where(np.isnan(of_usual), of_price, of_usual)
    usable = (share > 0) & (share < 1)
    return np.divide(declared, share, out=declared.copy(), where=usable)


def at_stake(table: ManifestTable) -> Floats:
    """Return the revenue in euro lost if the goods are worth what is usual; 0 if unknown."""
    if table.assessments is None:
        return np.zeros(len(table))
    declared = table.numbers("total_value")
    lost = revenue_at_stake(table.assessments, declared, expected_value(table))
    return np.nan_to_num(lost, nan=0.0)
