"""Visits of one entity find each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.profiles.grouping import grouped
from tests.factories import PROPERTY

few_ids = st.lists(
    st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=1, max_size=60
).map(lambda rows: np.array(rows, dtype=np.uint64).T)


@given(few_ids, st.integers(1, 4))
@PROPERTY
def test_group_visits_gives_each_entity_its_parcels(ids: np.ndarray, shards: int) -> None:
    groups = grouped(ids, shards)
    expected: dict[tuple[int, int], list[int]] = {}
    for kind, parcel in np.argwhere(ids).tolist():
        expected.setdefault((kind, int(ids[kind, parcel])), []).append(parcel)
    kinds = groups.places % len(ids)
    found = list(zip(kinds.tolist(), groups.ids.tolist(), strict=True))
    assert sorted(found) == sorted(expected)
    assert groups.firsts.tolist() == [expected[entity][0] for entity in found]
    assert groups.sizes.tolist() == [len(expected[entity]) for entity in found]
    for (kind, parcel), owner in np.ndenumerate(groups.owners):
        assert (owner < 0) == (ids[kind, parcel] == 0)
        assert owner < 0 or found[owner] == (kind, ids[kind, parcel])


@given(few_ids, st.integers(1, 4))
@PROPERTY
def test_group_visits_orders_entities_by_shard_kind_and_first_parcel(
    ids: np.ndarray, shards: int
) -> None:
    groups = grouped(ids, shards)
    order = list(zip(groups.places.tolist(), groups.firsts.tolist(), strict=True))
    assert order == sorted(order)
    assert np.array_equal(groups.places // len(ids), groups.ids % np.uint64(shards))


@pytest.mark.parametrize("step", [1, 1 << 32, 1 << 60])
def test_group_visits_of_ids_that_are_alike_keeps_them_apart(step: int) -> None:
    ids = np.array([[1 + step * number for number in (3, 1, 3, 2)]], dtype=np.uint64)
    groups = grouped(ids, 1)
    assert groups.owners.tolist() == [[0, 1, 0, 2]]
    assert groups.sizes.tolist() == [2, 1, 1]


def test_group_visits_of_no_parcels_gives_no_groups() -> None:
    groups = grouped(np.zeros((6, 0), dtype=np.uint64), 2)
    assert groups.owners.shape == (6, 0)
    assert len(groups.ids) == len(groups.places) == 0
