"""What duty and fees count in the goods: lines, distinct subheadings, rates by chapter."""

from __future__ import annotations

import pytest

from tests.factories import make_item
from tests.unit.scorers.assessment.builders import assess, assessed, parcel

SINCE_FLAT = "2026-08-01T12:00:00Z"


def test_flat_duty_counts_each_subheading_of_a_parcel_once() -> None:
    codes = ("610910", "61091000", "6109100010", "610990", "850440")
    lines = tuple(make_item(value=10.0, hs_code=code) for code in codes)
    found = assessed(SINCE_FLAT, 50.0, items=lines)
    assert found.duty == 9.0


def test_flat_duty_of_one_parcel_does_not_count_the_subheadings_of_another() -> None:
    one = parcel(SINCE_FLAT, 10.0)
    lines = (make_item(hs_code="610910"), make_item(hs_code="640399"))
    found = assess(one, parcel(SINCE_FLAT, 20.0, items=lines), one)
    assert (found.duty / found.units).tolist() == [3.0, 6.0, 3.0]


def test_fee_by_line_counts_lines_and_not_subheadings() -> None:
    lines = (make_item(value=10.0), make_item(value=10.0), make_item(value=10.0))
    found = assessed(SINCE_FLAT, 30.0, items=lines, destination_country="FR")
    assert (found.duty, found.fees) == (3.0, 6.0)


def test_standard_duty_of_several_goods_is_weighted_by_their_values() -> None:
    # EUR 150 of clothing at 12 %, EUR 50 of electronics at 2 %.
    lines = (make_item(value=150.0), make_item(value=50.0, hs_code="850440"))
    assert assessed(SINCE_FLAT, 200.0, items=lines).duty == 19.0


def test_standard_duty_of_lines_without_values_takes_the_plain_mean() -> None:
    lines = (make_item(value=0.0), make_item(value=0.0, hs_code="850440"))
    assert assessed(SINCE_FLAT, 200.0, items=lines).duty == 14.0


@pytest.mark.parametrize("code", ["", "6", "x1", "²²0000", "000000"])
def test_standard_duty_of_a_code_without_a_chapter_is_that_of_chapter_0(code: str) -> None:
    lines = (make_item(value=200.0, hs_code=code),)
    assert assessed(SINCE_FLAT, 200.0, items=lines).duty == 8.0
