"""Shifts in local time, as parts of UTC hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.budgets.opening import Opening
from scorers.budgets.shifts import Day, Shift, working_times
from tests.factories import PROPERTY

BERLIN = ZoneInfo("Europe/Berlin")
ALL_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hour(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp()) // 3_600


def minutes(shifts: list[Shift], zone: ZoneInfo, at: int) -> list[tuple[float, float]]:
    """Return working times in minutes of the hour."""
    found = working_times(shifts, zone, at)
    return [((start - at * 3_600) / 60, (end - at * 3_600) / 60) for start, end in found]


def worked(shift: Shift, zone: ZoneInfo, first: int, hours: int) -> float:
    """Return the hours worked in a span of hours."""
    spans = [span for at in range(first, first + hours) for span in minutes([shift], zone, at)]
    return sum(end - start for start, end in spans) / 60


def test_working_times_without_shifts_are_all_hours() -> None:
    assert minutes([], BERLIN, hour(2026, 11, 1, 3)) == [(0, 60)]


@pytest.mark.parametrize(
    ("at", "expected"),
    [(5, []), (6, [(30, 60)]), (7, [(0, 60)]), (12, [(0, 45)]), (13, [])],
)
def test_working_times_follow_local_time_to_the_minute(at: int, expected: list[object]) -> None:
    shift = Shift(days=("mon",), start=time(7, 30), end=time(13, 45))
    # Berlin is an hour ahead of UTC in November.
    assert minutes([shift], BERLIN, hour(2026, 11, 2, at)) == expected


def test_working_times_on_other_days_are_none() -> None:
    shift = Shift(days=("sat", "sun"), start=time(0), end=time(0))
    assert worked(shift, BERLIN, hour(2026, 11, 2), 96) == 0
    assert worked(shift, BERLIN, hour(2026, 10, 30), 96) == 48


def test_working_times_over_midnight_belong_to_the_day_they_start_on() -> None:
    shift = Shift(days=("fri",), start=time(22), end=time(6))
    assert minutes([shift], ZoneInfo("UTC"), hour(2026, 11, 7, 5)) == [(0, 60)]
    assert worked(shift, ZoneInfo("UTC"), hour(2026, 11, 2), 168) == 8


@pytest.mark.parametrize(
    ("day", "expected"),
    [((2026, 3, 28, 12), 7), ((2026, 10, 24, 12), 9), ((2026, 6, 6, 12), 8)],
    ids=["clocks_forward", "clocks_back", "a_usual_night"],
)
def test_working_times_over_a_change_of_clocks_are_as_long_as_they_really_are(
    day: tuple[int, ...], expected: int
) -> None:
    shift = Shift(days=("sat",), start=time(22), end=time(6))
    assert worked(shift, BERLIN, hour(*day), 36) == expected


def test_working_times_that_overlap_or_touch_are_counted_once() -> None:
    early = Shift(days=ALL_DAYS, start=time(6), end=time(10, 20))
    middle = Shift(days=ALL_DAYS, start=time(10, 10), end=time(10, 30))
    late = Shift(days=ALL_DAYS, start=time(10, 30), end=time(10, 40))
    found = minutes([late, early, middle], ZoneInfo("UTC"), hour(2026, 11, 2, 10))
    assert found == [(0, 40)]


def test_working_times_in_a_zone_of_half_hours_are_exact() -> None:
    shift = Shift(days=("mon",), start=time(9), end=time(17))
    assert minutes([shift], ZoneInfo("Asia/Kolkata"), hour(2026, 11, 2, 3)) == [(30, 60)]


def works(shift: Shift, local: datetime) -> bool:
    """Tell by the clock on the wall whether a shift is on."""
    today, day_before = (ALL_DAYS[(local - timedelta(days=ago)).weekday()] for ago in (0, 1))
    at = local.time()
    if shift.end > shift.start:
        return today in shift.days and shift.start <= at < shift.end
    return (today in shift.days and at >= shift.start) or (
        day_before in shift.days and at < shift.end
    )


def _shift(days: tuple[Day, ...], start: int, end: int) -> Shift:
    """Return a shift between two times, in tens of minutes since midnight."""
    return Shift(days=days, start=time(*divmod(10 * start, 60)), end=time(*divmod(10 * end, 60)))


TENS = st.integers(0, 143)
SHIFTS = st.builds(_shift, st.sampled_from([ALL_DAYS, ("tue",), ("wed", "fri")]), TENS, TENS)
FIXED_ZONES = ["UTC", "Pacific/Honolulu", "Asia/Kolkata", "Pacific/Kiritimati"]


@PROPERTY
@given(
    st.lists(SHIFTS, min_size=1, max_size=4),
    st.sampled_from(FIXED_ZONES),
    st.integers(0, 23).map(lambda at: hour(2026, 11, 4, at)),
)
def test_working_times_in_any_zone_are_those_of_the_clock_on_the_wall(
    shifts: list[Shift], zone: str, at: int
) -> None:
    found = minutes(shifts, ZoneInfo(zone), at)
    assert all(start < end for start, end in found)
    assert all(one[1] < following[0] for one, following in pairwise(found))
    for minute in range(0, 60, 10):
        local = datetime.fromtimestamp(at * 3_600 + 60 * minute, ZoneInfo(zone))
        expected = any(works(shift, local) for shift in shifts)
        assert any(start <= minute < end for start, end in found) == expected


@pytest.mark.parametrize(
    ("zone", "shift", "at"),
    [
        # From the evening of the day before the local one, which in UTC is two days ago.
        ("Pacific/Honolulu", Shift(days=("mon",), start=time(22), end=time(21)), (2026, 11, 4, 6)),
        # Midnight in the middle of the hour: the local day to come begins in it.
        ("Asia/Kolkata", Shift(days=("wed",), start=time(0), end=time(1)), (2026, 11, 3, 18)),
    ],
    ids=["a_day_before", "a_day_to_come"],
)
def test_working_times_of_another_local_day_than_utcs_are_found(
    zone: str, shift: Shift, at: tuple[int, ...]
) -> None:
    assert minutes([shift], ZoneInfo(zone), hour(*at)) == [
        (0 if zone == "Pacific/Honolulu" else 30, 60)
    ]


def test_working_times_apart_within_an_hour_are_all_told() -> None:
    shifts = [
        Shift(days=ALL_DAYS, start=time(10, start), end=time(10, start + 10))
        for start in (0, 20, 40)
    ]
    found = minutes(shifts, ZoneInfo("UTC"), hour(2026, 11, 2, 10))
    assert found == [(0, 10), (20, 30), (40, 50)]


def test_working_times_of_a_shift_that_ends_as_the_hour_begins_are_none() -> None:
    shift = Shift(days=ALL_DAYS, start=time(6), end=time(10))
    assert minutes([shift], ZoneInfo("UTC"), hour(2026, 11, 2, 10)) == []


def test_shift_with_a_time_zone_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a local time such as 06:00:00"):
        Shift(days=("mon",), start=time(9, tzinfo=UTC), end=time(17))


def test_opening_adds_up_seconds_and_covers_instants_of_several_spans() -> None:
    opening = Opening([[(0.0, 600.0), (1_200.0, 1_800.0)], [(0.0, 3_600.0)]])
    assert opening.seconds(1_500.0).tolist() == [900.0, 1_500.0]
    times = np.array([599.0, 600.0, 1_200.0, 1_800.0])
    assert opening.covers(np.zeros(4, np.intp), times).tolist() == [True, False, True, False]
    assert opening.covers(np.ones(4, np.intp), times).all()
