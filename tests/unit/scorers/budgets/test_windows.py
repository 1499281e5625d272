"""Quantiles of recent values, and the guard that moves a threshold by ranks."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.budgets.cuts import TIE_BREAK, guarded
from scorers.budgets.windows import NEVER, ValueWindows
from tests.factories import PROPERTY


def zeros(count: int) -> np.ndarray:
    return np.zeros(count, dtype=np.intp)


@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 0.97])
def test_thresholds_are_quantiles_as_numpy_computes_them(share: float) -> None:
    windows, values = ValueWindows(1, 1_000), np.random.default_rng(1).normal(size=1_000)
    windows.add(zeros(1_000), values)
    expected = np.quantile(values, 1 - share, method="hazen")
    assert windows.thresholds(np.array([share]))[0] == pytest.approx(expected, abs=1e-12)


def test_thresholds_of_pools_do_not_mix() -> None:
    windows, rng = ValueWindows(3, 500), np.random.default_rng(2)
    pools, values = rng.integers(0, 2, 2_000), rng.normal(size=2_000)
    for start in range(0, 2_000, 77):
        windows.add(pools[start : start + 77], values[start : start + 77])
    windows.add(zeros(0), np.empty(0))
    windows.thresholds(np.full(3, 0.1))
    fresh = ValueWindows(3, 500)
    fresh.add(pools, values)
    for pool in (0, 1):
        expected = np.quantile(values[pools == pool][-500:], 0.9, method="hazen")
        assert fresh.thresholds(np.full(3, 0.1))[pool] == pytest.approx(expected)
        # The other one may be older by a sixteenth of a window.
        near = np.sort(values[pools == pool][-540:])[-90:-20]
        assert near[0] < windows.thresholds(np.full(3, 0.1))[pool] < near[-1]
    assert fresh.thresholds(np.full(3, 0.1))[2] == NEVER


def test_thresholds_forget_values_beyond_the_window() -> None:
    windows = ValueWindows(1, 100)
    windows.add(zeros(100), np.full(100, 50.0))
    windows.add(zeros(100), np.full(100, 1.0))
    assert windows.thresholds(np.array([0.01]))[0] == 1.0


@pytest.mark.parametrize(("share", "expected"), [(0.0, NEVER), (1.0, 0.0)])
def test_thresholds_of_nothing_and_everything_are_the_ends(share: float, expected: float) -> None:
    windows = ValueWindows(1, 100)
    windows.add(zeros(40), np.arange(40.0))
    assert windows.thresholds(np.array([share]))[0] == expected


def test_thresholds_between_two_sorts_are_those_of_the_last() -> None:
    windows, everything = ValueWindows(2, 1_000), np.ones(2)
    windows.add(zeros(100), np.arange(100.0))
    assert windows.thresholds(everything)[0] == 0
    windows.add(np.array([0] * 5 + [1] * 9), np.full(14, -7.0))
    assert windows.thresholds(everything).tolist() == [0, -7]
    windows.add(zeros(2), np.full(2, -7.0))
    assert windows.thresholds(everything).tolist() == [-7, -7]


@PROPERTY
@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(-9, 9)), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=3),
    st.lists(st.floats(-10, 10), min_size=3, max_size=3),
)
def test_guarded_thresholds_leave_between_least_and_most_above(
    parcels: list[tuple[int, float]], bounds: list[tuple[int, int]], wished: list[float]
) -> None:
    pools = np.array([pool for pool, _ in parcels], dtype=np.intp)
    # No two are equal: so are scores once lottery numbers break their ties.
    ranked = np.round([value for _, value in parcels], 3) + 1e-6 * np.arange(len(parcels))
    least = np.array([min(pair) for pair in bounds])
    most = np.array([max(pair) for pair in bounds])
    thresholds = guarded(np.array(wished), pools, ranked, least, most)
    for pool in range(3):
        mine = ranked[pools == pool]
        before, after = (mine > wished[pool]).sum(), (mine > thresholds[pool]).sum()
        assert after == min(np.clip(before, least[pool], most[pool]), len(mine))
        assert np.abs(mine - thresholds[pool]).min(initial=1.0) > 0 or after == before


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0, 0, 4.0 + TIE_BREAK),  # above the best, without a tie
        (0, 1, 3.5),  # half-way
        (3, 4, 1.25),
        (0, 2, 2.0),  # within: as wished
        (4, 4, 1.0 - TIE_BREAK),  # below the last
        (9, 9, 1.0 - TIE_BREAK),  # more than there are
    ],
)
def test_guarded_threshold_that_moves_goes_half_way_and_ties_with_nothing(
    least: int, most: int, expected: float
) -> None:
    ranked = np.array([1.0, 4.0, 1.5, 3.0])
    wished = np.array([2.0])
    found = guarded(wished, zeros(4), ranked, np.array([least]), np.array([most]))
    assert found.tolist() == [expected]


def test_guarded_threshold_that_ties_with_a_value_is_not_below_it() -> None:
    ranked, bounds = np.array([1.0, 4.0, 1.5, 3.0]), (np.array([0]), np.array([1]))
    assert guarded(np.array([3.0]), zeros(4), ranked, *bounds).tolist() == [3.0]


def test_guarded_thresholds_move_those_of_their_own_pool_only() -> None:
    pools, ranked = np.array([1, 0, 1, 0, 1]), np.array([5.0, 1.0, 7.0, 2.0, 6.0])
    wished = np.array([0.0, 0.0, -3.0])
    found = guarded(wished, pools, ranked, np.zeros(3, int), np.array([2, 1, 0]))
    assert found.tolist() == [0.0, 6.5, -3.0]
    assert wished.tolist() == [0.0, 0.0, -3.0]


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.05, 9.0),  # above the middle of the last value's part there is nothing to go to
        (0.1, 8.5),
        (0.15, 8.0),
        (0.2, 7.5),
        (0.25, 7.0),
        (0.95, 0.0),
        (0.99, 0.0),
        (1.0, 0.0),
        (0.0, NEVER),
    ],
)
def test_thresholds_of_a_window_that_is_not_full_lie_between_the_values_it_has(
    share: float, expected: float
) -> None:
    windows = ValueWindows(2, 100)
    windows.add(zeros(10), np.random.default_rng(3).permutation(10).astype(float))
    found = windows.thresholds(np.array([share, 1.0]))
    assert found.tolist() == pytest.approx([expected, NEVER])


def test_thresholds_of_one_value_are_that_value() -> None:
    windows = ValueWindows(1, 8)
    windows.add(zeros(1), np.array([3.25]))
    assert [windows.thresholds(np.array([share]))[0] for share in (0.01, 0.5, 1.0)] == [3.25] * 3


def test_add_of_more_values_than_a_window_keeps_the_last_of_each_pool() -> None:
    windows, pools = ValueWindows(2, 4), np.array([0, 1, 0, 0, 0, 1, 0, 0])
    windows.add(pools, np.arange(8.0))
    assert windows.thresholds(np.ones(2)).tolist() == [3.0, 1.0]
    windows.add(zeros(2), np.array([9.0, 9.0]))
    assert windows.thresholds(np.ones(2)).tolist() == [6.0, 1.0]
    windows.add(zeros(3), np.array([9.0, 9.0, 9.5]))
    assert windows.thresholds(np.ones(2)).tolist() == [9.0, 1.0]


def test_thresholds_look_again_once_more_than_a_sixteenth_is_new() -> None:
    windows = ValueWindows(1, 160)
    windows.add(zeros(160), np.ones(160))
    assert windows.thresholds(np.array([1.0]))[0] == 1.0
    windows.add(zeros(10), np.zeros(10))
    assert windows.thresholds(np.array([1.0]))[0] == 1.0
    windows.add(zeros(1), np.zeros(1))
    assert windows.thresholds(np.array([1.0]))[0] == 0.0


def test_copy_rows_takes_values_over_and_goes_on_from_them() -> None:
    old, new = ValueWindows(2, 4), ValueWindows(3, 4)
    old.add(np.array([0, 1, 1]), np.array([5.0, 6.0, 7.0]))
    old.thresholds(np.ones(2))
    new.copy_rows(old, np.array([2, 0]), np.array([0, 1]))
    assert new.thresholds(np.ones(3)).tolist() == [6.0, NEVER, 5.0]
    new.add(zeros(4), np.array([1.0, 1.0, 9.0, 9.0]))
    assert new.thresholds(np.ones(3)).tolist() == [1.0, NEVER, 5.0]
    assert old.thresholds(np.ones(2)).tolist() == [5.0, 6.0]


@PROPERTY
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(-99, 99)), max_size=9), max_size=6)
)
def test_window_of_any_batches_has_the_last_values_of_each_pool(
    batches: list[list[tuple[int, int]]],
) -> None:
    windows, last = ValueWindows(3, 4), [deque[int](maxlen=4) for _ in range(3)]
    for batch in batches:
        for pool, value in batch:
            last[pool].append(value)
        pools, values = zip(*batch, strict=True) if batch else ((), ())
        windows.add(np.array(pools, dtype=np.intp), np.array(values, dtype=float))
        for pool, known in enumerate(last):
            for rank, value in enumerate(sorted(known, reverse=True)):
                share = np.full(3, (rank + 0.5) / len(known))
                assert windows.thresholds(share)[pool] == pytest.approx(value)
