"""Shifts in local time, as parts of UTC hours."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scorers.budgets.opening import Opening
from scorers.budgets.shifts import Day, Shift, working_times

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


def test_shift_with_a_time_zone_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a local time such as 06:00:00"):
        Shift(days=("mon",), start=time(9, tzinfo=UTC), end=time(17))


def test_opening_adds_up_seconds_and_covers_instants_of_several_spans() -> None:
    opening = Opening([[(0.0, 600.0), (1_200.0, 1_800.0)], [(0.0, 3_600.0)]])
    assert opening.seconds(1_500.0).tolist() == [900.0, 1_500.0]
    times = np.array([599.0, 600.0, 1_200.0, 1_800.0])
    assert opening.covers(np.zeros(4, np.intp), times).tolist() == [True, False, True, False]
    assert opening.covers(np.ones(4, np.intp), times).all()
