"""Entities that parcels of a unit share: which parcels visit which."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.hashing import Hashes
from scorers.features.texts import Places

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_UPPER: Final = np.uint64(32)


class Groups(NamedTuple):
    """A unit's entities, ordered by shard, then kind, then the first parcel.

    `owners` has a row for each kind, and for each parcel the number of its entity, -1 for none.
    Of entities: `ids`; `places` (shard x kinds + kind); `firsts`, their first parcels; `sizes`,
    how many they have.
    """

    owners: Places
    ids: Hashes
    places: Places
    firsts: Places
    sizes: Places


def grouped(ids: Hashes, shards: int) -> Groups:
    """Group parcels by entity. `ids` has a row for each kind, and 0 where a parcel has none.

    >>> found = grouped(np.array([[7, 8, 7], [0, 9, 9]], dtype=np.uint64), shards=1)
    >>> found.owners.tolist(), found.sizes.tolist()
    ([[0, 1, 0], [-1, 2, 2]], [2, 1, 2])
    """
    cells = ids.size
    owners = np.empty(ids.shape, dtype=np.int64)
    entities: Hashes = np.empty(cells, dtype=np.uint64)
    places, firsts, sizes = np.empty((3, cells), dtype=np.int64)
    slots = np.empty(2 << cells.bit_length(), dtype=np.int64)
    count = _group_all(ids, shards, slots, owners, entities, places, firsts, sizes)
    found = Groups(owners, entities[:count], places[:count], firsts[:count], sizes[:count])
    return _by_shard(found) if shards > 1 else found


def _by_shard(groups: Groups) -> Groups:
    """Return groups that are ordered by kind ordered by shard first."""
    owners, ids, places, firsts, sizes = groups
    order = np.argsort(places, kind="stable")
    ranks = np.append(np.argsort(order), -1)
    return Groups(ranks[owners], ids[order], places[order], firsts[order], sizes[order])


@compiled
def _group_all(
    ids: Hashes,
    shards: int,
    slots: Places,
    owners: Places,
    entities: Hashes,
    places: Places,
    firsts: Places,
    sizes: Places,
) -> int:
    """Number entities kind by kind, by a table with open addressing; return how many there are."""
    found, mask = 0, len(slots) - 1
    slots[:] = -1
    for kind in range(ids.shape[0]):
        begin = found
        for parcel in range(ids.shape[1]):
            entity = ids[kind, parcel]
            if entity == 0:
                owners[kind, parcel] = -1
                continue
            slot = np.int64((entity * _SPREAD) >> _UPPER) & mask
            # What kinds before this one left in the table counts as nothing.
            while slots[slot] >= begin and ids[kind, firsts[slots[slot]]] != entity:
                slot = (slot + 1) & mask
            if slots[slot] < begin:
                slots[slot] = found
                places[found] = np.int64(entity % np.uint64(shards)) * ids.shape[0] + kind
                entities[found], firsts[found], sizes[found] = entity, parcel, 0
                found += 1
            owners[kind, parcel] = slots[slot]
            sizes[slots[slot]] += 1
    return found
