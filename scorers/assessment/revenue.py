"""Revenue at stake: the duty and tax that a false value would cost."""

from __future__ import annotations

from typing import Final

import numpy as np

from schemas.reference.exchange import BASE
from scorers.assessment.assessments import Assessments
from scorers.assessment.currencies import half_up
from scorers.features.batch import Floats

_CENTS: Final = 100.0


def revenue_at_stake(
    assessments: Assessments, declared_value: Floats, expected_value: Floats
) -> Floats:
    """Return the duty and tax, in euro, lost if each parcel's true value is the expected one.

    Both values are in the parcel's declared currency. Limits count: a parcel that is under a limit
    as declared and above it in truth loses the whole relief. Fees are not revenue that depends on
    the value. Never negative; NaN where the assessment or the expected value is not known. Euro
    for every destination, so that parcels can be ranked and budgets added up.
    """
    parcels, charges = assessments.parcels, assessments.charges
    if not np.array_equal(declared_value, charges.declared):
        charges = parcels.charges(declared_value)
    due = parcels.charges(expected_value).revenue
    lost = np.maximum(due - charges.revenue, 0.0)
    return half_up(parcels.in_currency(lost, BASE) * _CENTS) / _CENTS
