"""Visits of one entity find each other, and what came before one does not depend on the rest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.profiles.siblings import Groups
from tests.factories import PROPERTY

few_ids = st.lists(
    st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=1, max_size=60
).map(lambda rows: np.array(rows, dtype=np.uint64).T)


@given(few_ids, st.integers(1, 4))
@PROPERTY
def test_group_visits_puts_each_entity_together_in_the_order_of_parcels(
    ids: np.ndarray, shards: int
) -> None:
    groups = Groups(ids, shards)
    count = ids.shape[1]
    visits = [(int(cell) // count, int(cell) % count) for cell in groups.cells]
    assert sorted(visits) == [tuple(cell) for cell in np.argwhere(ids).tolist()]
    entities = [(kind, int(ids[kind, parcel])) for kind, parcel in visits]
    assert len({(o, e) for o, e in zip(groups.owners.tolist(), entities, strict=True)}) == len(
        set(entities)
    )
    for (left, right), (first, second) in zip(pairwise(visits), pairwise(entities), strict=True):
        assert first != second or left < right
    assert groups.places.tolist() == sorted(groups.places.tolist())


def test_group_visits_of_ids_that_differ_in_their_last_bits_keeps_them_apart() -> None:
    ids = np.array([[1 << 60, (1 << 60) + 1, 1 << 60, (1 << 60) + 2]], dtype=np.uint64)
    groups = Groups(ids, 1)
    assert groups.sizes.tolist() == [2, 1, 1]
    assert groups.parcels.tolist() == [0, 2, 1, 3]


def test_group_visits_of_no_parcels_gives_no_groups() -> None:
    groups = Groups(np.zeros((6, 0), dtype=np.uint64), 2)
    assert len(groups.starts) == len(groups.cells) == 0
    running = groups.running(np.add, np.zeros((0, 2)), groups.parcels)
    assert running.before.shape == running.whole.shape == (0, 2)


@pytest.mark.parametrize("largest", [1, 2, 3, 17, 40, 300])
def test_running_sums_equal_those_of_a_loop(largest: int) -> None:
    rng = np.random.default_rng(largest)
    ids = rng.integers(1, 2 + 600 // largest, (2, 600)).astype(np.uint64)
    values = rng.normal(size=(600, 3))
    groups = Groups(ids, 1)
    running = groups.running(np.add, values, groups.parcels)
    sums: dict[tuple[int, int], np.ndarray] = {}
    before = {}
    for kind in range(2):
        for parcel in range(600):
            key = (kind, int(ids[kind, parcel]))
            before[kind, parcel] = sums.get(key)
            sums[key] = values[parcel] if key not in sums else sums[key] + values[parcel]
    cells = groups.cells[running.later]
    assert {divmod(int(c), 600) for c in cells} == {c for c, b in before.items() if b is not None}
    for cell, found in zip(cells.tolist(), running.before, strict=True):
        assert np.array_equal(found, before[divmod(cell, 600)])
    for group, found in zip(running.groups.tolist(), running.whole, strict=True):
        kind = int(groups.places[group])
        assert np.array_equal(found, sums[kind, int(groups.ids[group])])


@given(st.integers(0, 2**32 - 1), st.integers(1, 200))
@PROPERTY
def test_running_sums_of_a_prefix_have_the_same_bits(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 9, (3, 200)).astype(np.uint64)
    values = rng.lognormal(0, 8, (200, 2))
    found = [
        dict(zip(map(tuple, np.stack([cells // n, cells % n], 1).tolist()), sums, strict=True))
        for n in (200, count)
        for cells, sums in [_before(ids[:, :n], values[:n])]
    ]
    assert all(np.array_equal(found[0][cell], sums) for cell, sums in found[1].items())


def _before(ids: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    groups = Groups(ids, 1)
    running = groups.running(np.add, values, groups.parcels)
    return groups.cells[running.later], running.before


def test_running_extremes_are_those_of_the_group_so_far() -> None:
    ids = np.array([[7, 8, 7, 7, 8]], dtype=np.uint64)
    times = np.array([50, 20, 40, 60, 10])
    groups = Groups(ids, 1)
    earliest, latest = groups.running_extremes(times[groups.parcels])
    assert groups.parcels.tolist() == [0, 2, 3, 1, 4]
    assert earliest.tolist() == [50, 40, 40, 20, 10]
    assert latest.tolist() == [50, 50, 60, 20, 20]
