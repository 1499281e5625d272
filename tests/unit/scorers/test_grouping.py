"""Sums by group against a dictionary that counts one by one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorers.grouping import summed
from tests.factories import PROPERTY

KEYS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=60)


@PROPERTY
@given(KEYS, st.integers(1, 3))
def test_summed_any_keys_gives_the_sums_of_a_dictionary(keys: list[int], times: int) -> None:
    many = (keys * times)[: len(keys) * times]
    values = np.arange(len(keys), dtype=np.int64)
    groups = summed(np.array(many, dtype=np.uint64), np.array([values, values * 10]))
    expected: dict[int, int] = defaultdict(int)
    for place, key in enumerate(many):
        expected[key] += place % max(len(keys), 1)
    found = [many[first] for first in groups.firsts.tolist()]
    assert found == list(expected)
    assert groups.sums.tolist() == [list(expected.values()), [10 * v for v in expected.values()]]


def test_ordered_groups_stand_at_their_homes_in_order() -> None:
    keys = np.array([5, 6, 7, 5], dtype=np.uint64)
    groups, slices = summed(keys, np.ones((1, 4), dtype=np.int64)).ordered(np.array([1, 0, 1]))
    assert groups.firsts.tolist() == [1, 0, 2]
    assert groups.sums.tolist() == [[1, 2, 1]]
    assert slices == [(0, slice(0, 1)), (1, slice(1, 3))]


def test_ordered_nothing_has_no_slices() -> None:
    nothing = summed(np.empty(0, dtype=np.uint64), np.empty((1, 0), dtype=np.int64))
    assert nothing.ordered(np.empty(0, dtype=np.int64))[1] == []
