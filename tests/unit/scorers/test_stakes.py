"""What goods are usually worth, and what is lost if they are declared below that."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.features.batch import Floats
from scorers.features.tables import ManifestTable
from scorers.stakes import at_stake, expected_value, owed
from tests.factories import make_manifest
from tests.unit.scorers.assessment.builders import assess, assessed, parcel

NAN = float("nan")


class Known(ManifestTable):
    """Parcels of which the lane's usual value and the order's price are given.

    `times` is the declared value as a multiple of the usual one, `paid` the price in the declared
    currency; NaN where it is not known.
    """

    def __init__(self, declared: list[float], times: list[float], paid: list[float]) -> None:
        super().__init__([make_manifest(total_value=value) for value in declared])
        self._known = {
            "profiles.lane_value_times": np.array(times),
            "profiles.paid_share": np.array(declared) / np.array(paid),
        }
        self.histories = _Paid(np.array(paid))  # type: ignore[assignment]

    def numbers(self, source: str) -> Floats:
        known = self._known.get(source)
        return super().numbers(source) if known is None else known


class _Paid:
    """Orders with these prices; NaN where there is none, of which nothing can be read."""

    def __init__(self, prices: Floats) -> None:
        self.price = prices
        self.orders = self


@pytest.mark.parametrize(
    ("declared", "times", "paid", "expected"),
    [
        (10.0, NAN, NAN, 10.0),  # nothing is known
        (10.0, 0.25, NAN, 40.0),  # a quarter of what is usual
        (10.0, 1.0, NAN, 10.0),
        (10.0, 1.5, NAN, 10.0),
        (10.0, 3.0, NAN, 10.0),  # dear goods are not made cheaper
        (10.0, 1e-9, NAN, 1_000.0),  # a hundredfold at most
        (10.0, NAN, 80.0, 80.0),
        (10.0, 0.25, 80.0, 80.0),  # a price says more than a lane
        (10.0, 0.25, 10.0, 10.0),
        (10.0, 2.0, 80.0, 80.0),
        (10.0, NAN, 4.0, 10.0),
        (0.0, 0.001, NAN, 0.0),
        (0.0, 0.001, 80.0, 80.0),  # declared as worth nothing, and yet it was paid for
    ],
)
def test_expected_value_is_the_price_paid_or_else_the_usual_and_never_below_what_is_declared(
    declared: float, times: float, paid: float, expected: float
) -> None:
    found = expected_value(Known([declared], [times], [paid]))
    assert found.tolist() == pytest.approx([expected])


def test_expected_value_of_parcels_is_each_ones_own() -> None:
    table = Known([10.0, 20.0, 30.0], [0.5, NAN, 0.5], [NAN, 25.0, NAN])
    assert expected_value(table).tolist() == [20.0, 25.0, 60.0]


def test_expected_value_without_profiles_is_what_is_declared() -> None:
    table = ManifestTable([make_manifest(total_value=12.5)])
    assert expected_value(table).tolist() == [12.5]


def test_at_stake_without_an_assessment_is_nothing() -> None:
    assert at_stake(Known([10.0], [0.1], [NAN])).tolist() == [0.0]


def test_at_stake_is_the_duty_and_tax_between_what_is_declared_and_expected() -> None:
    table = Known([100.0, 100.0], [NAN, NAN], [100.0, 300.0])
    table.assessments = assess(parcel(value=100.0), parcel(value=100.0))
    honest, false = at_stake(table).tolist()
    assert honest == 0.0
    assert false > 0.19 * 200  # tax on the difference, and duty on all of it


def test_at_stake_where_duty_is_unknown_is_nothing() -> None:
    table = Known([100.0], [NAN], [300.0])
    table.assessments = assess(parcel(value=100.0, destination_country="BR"))
    assert at_stake(table).tolist() == [0.0]


def test_owed_is_the_sum_of_duty_and_tax_as_declared() -> None:
    one = assessed(value=200.0)
    revenue = (one.duty or 0.0) + (one.vat or 0.0)
    assert (one.currency, revenue > 40) == ("EUR", True)
    table = ManifestTable([parcel(value=200.0)] * 2)
    table.assessments = assess(*[parcel(value=200.0)] * 2)
    assert owed(table) == pytest.approx(2 * revenue)


def test_owed_without_an_assessment_or_where_it_is_unknown_is_nothing() -> None:
    assert owed(ManifestTable([parcel()])) == 0.0
    table = ManifestTable([parcel(value=200.0), parcel(destination_country="BR")])
    table.assessments = assess(parcel(value=200.0), parcel(destination_country="BR"))
    alone = ManifestTable([parcel(value=200.0)])
    alone.assessments = assess(parcel(value=200.0))
    assert owed(table) == owed(alone) > 0
