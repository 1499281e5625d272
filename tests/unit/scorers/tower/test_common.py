"""What all series do at once: told from what one of them does, and expected of each."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.tower.baseline import WARM_UP_MINUTES, Baseline
from scorers.tower.common import NOTHING, common_rise
from scorers.tower.seasons import HOUR_SECONDS
from scorers.tower.slots import COUNT, MEASURES, Names
from scorers.tower.spikes import spikes

SERIES = 60
MONDAY = 1_793_577_600
USUAL = 40


def known(moment: int) -> Baseline:
    """Return a baseline that has seen what is usual in the hour before a moment."""
    names = Names(SERIES)
    names.rows([f"lane:{number:04}:CN:DE" for number in range(SERIES)])
    baseline = Baseline(names)
    sums = np.zeros((len(MEASURES), SERIES), dtype=np.int64)
    sums[COUNT] = USUAL
    for end in range(moment - HOUR_SECONDS + 60, moment + 1, 60):
        baseline.close_minute(end, sums)
    assert baseline.minutes > WARM_UP_MINUTES
    return baseline


def told(counts: np.typing.NDArray[np.int64]) -> list[int]:
    """Return the series that have a spike in the first minute of a Monday."""
    return [found.row for found in spikes(known(MONDAY), counts, MONDAY + 60, 60)]


def test_rise_of_most_series_on_a_new_weekday_is_no_spike_of_any() -> None:
    counts = USUAL * np.linspace(1, 3.3, SERIES)
    assert told(counts.astype(np.int64)) == []


def test_spike_of_one_series_on_a_new_weekday_is_told() -> None:
    counts = np.full(SERIES, USUAL)
    counts[7] *= 5
    assert told(counts) == [7]


def test_rise_of_all_series_at_a_weekday_that_was_seen_is_told_of_each() -> None:
    baseline = known(MONDAY)
    counts = np.full(SERIES, 5 * USUAL)
    week = 7 * 24 * HOUR_SECONDS
    found = spikes(baseline, counts, MONDAY - HOUR_SECONDS // 2 + week, 60)
    assert len(found) == SERIES


@pytest.mark.parametrize("series", [0, 1, 29])
def test_few_series_have_nothing_in_common(series: int) -> None:
    assert common_rise(np.full(series, 50.0), np.full(series, 10.0)) == NOTHING


def test_spike_on_a_new_weekday_that_is_quieter_is_told_as_on_others() -> None:
    counts = (USUAL * np.linspace(0.3, 1, SERIES)).astype(np.int64)
    counts[30] *= 5
    assert told(counts) == [30]


def test_fall_of_all_series_is_nothing() -> None:
    assert common_rise(np.linspace(1, 9, SERIES), np.full(SERIES, 10.0)) == NOTHING
