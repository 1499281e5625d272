"""Assesses batches of parcels by one set of reference data."""

from __future__ import annotations

import numpy as np

from schemas.reference.exchange import BASE
from schemas.reference.loading import Reference
from scorers.assessment.assessments import Assessments
from scorers.assessment.currencies import CURRENCY, Currencies
from scorers.assessment.goods import GoodsReader
from scorers.assessment.moments import assessed_at
from scorers.assessment.plans import Planner
from scorers.assessment.pricing import Parcels
from scorers.assessment.terms import terms_of
from scorers.features.declared import DeclaredTable


class Assessor:
    """Assesses batches by one set of reference data, whose `version` names it in decisions."""

    def __init__(self, reference: Reference) -> None:
        self.version = reference.version
        rows = reference.in_force
        places = reference.territories
        used = [place.currency for place in places]
        used += [code for row in rows for code in (row.currency, row.limit_currency) if code]
        self._currencies = Currencies(reference.exchange_rates, used)
        self._terms = terms_of(rows, self._currencies)
        self._planner = Planner(reference, self._terms)
        self._goods = GoodsReader(reference.duty_rates, ["", *(place.code for place in places)])
        # A destination that is not known comes first; it is assessed in the base currency.
        codes = [BASE, *(place.currency for place in places)]
        self._assessed = self._currencies.numbers(codes)
        self._units = 10.0 ** np.array([2, *(place.digits for place in places)])

    def assess(self, table: DeclaredTable) -> Assessments:
        """Return what the parcels of a batch owe on their declared total value."""
        moments = assessed_at(table)
        plans = self._planner.of(table, moments)
        columns = self._planner.columns
        places = columns.places[plans]
        parcels = Parcels(
            self._terms,
            self._currencies,
            columns,
            plans,
            self._goods.read(table, places),
            self._currencies.numbers_of(table.hashes(CURRENCY)),
            self._assessed[places],
            self._units[places],
            self._currencies.days(moments),
        )
        return Assessments(parcels, parcels.charges(table.numbers("total_value")), self.version)
