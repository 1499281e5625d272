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
    places, firsts, sizes = (np.empty(cells, dtype=np.int64) for _ in range(3))
    slots = np.full(2 << cells.bit_length(), -1, dtype=np.int64)
    count = _group_all(ids, shards, slots, owners, places, firsts, sizes)
    places, firsts, sizes = places[:count], firsts[:count], sizes[:count]
    if shards > 1:
        order = np.argsort(places, kind="stable")
        ranks = np.append(np.argsort(order), -1)
        owners, places, firsts, sizes = ranks[owners], places[order], firsts[order], sizes[order]
    return Groups(owners, ids[places % max(len(ids), 1), firsts], places, firsts, sizes)


@compiled
def _group_all(
    ids: Hashes,
    shards: int,
    slots: Places,
    owners: Places,
    places: Places,
    firsts: Places,
    sizes: Places,
) -> int:
    """Number entities kind by kind, by a table with open addressing; return how many there are."""
    found, mask = 0, len(slots) - 1
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
                firsts[found], sizes[found] = parcel, 0
                found += 1
            owners[kind, parcel] = slots[slot]
            sizes[slots[slot]] += 1
    return found
