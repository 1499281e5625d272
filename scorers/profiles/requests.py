"""Parts that all requests to the store have, as `guard.lua` reads them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes

Arguments = Sequence[bytes | memoryview]
"""What a function gets in one shard."""

_BOUNDS: Final = struct.Struct("<dddd")
_CLAIM: Final = struct.Struct("<dd")


def bounds(start: int, next_: int, committed: int | None, keep: bool) -> bytes:
    """Return where a unit begins and ends, and whether its answer is to be kept."""
    return _BOUNDS.pack(start, next_, start if committed is None else committed, keep)


def claim_answer(answer: bytes) -> tuple[int, int]:
    """Return where a source stood and where its unit from there ends, -1 for unknown."""
    stood, ends = _CLAIM.unpack(answer)
    return int(stood), int(ends)


@dataclass(frozen=True)
class Split:
    """Rows by shard: `order` sorts them, shard s has those from ends[s] to ends[s + 1]."""

    order: Integers
    ends: list[int]

    @classmethod
    def of(cls, ids: Hashes, shards: int) -> Split:
        """Split rows by their ids."""
        if shards == 1:
            return cls(np.arange(len(ids)), [0, len(ids)])
        owners = ids % np.uint64(shards)
        order = np.argsort(owners, kind="stable")
        ends = np.searchsorted(owners[order], np.arange(shards + 1, dtype=np.uint64))
        return cls(order, ends.tolist())

    def rows(self, shard: int) -> Integers:
        """Return the rows of a shard."""
        return self.order[self.ends[shard] : self.ends[shard + 1]]
