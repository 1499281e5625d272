"""Keyed hashes hashed again under another secret, so that a secret can be changed.

Nobody has the clear texts of what the store keeps, so a secret is not replaced but laid over: the
hash of a text is hashed again, which can be done to what is stored as well as to what comes. Who
knows the former secret only can tell no more who is in the store than one who knows none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.hashing import Hashes
from scorers.profiles.configuration import key
from scorers.profiles.siphash import siphash_of_word, words_of

KEPT_BITS: Final = 6
"""The highest bits, by which sketches count counterparties (`deltas.py`), stay as they were: else
each counterparty of before would count once more. They tell one of 64 groups of millions."""

_KEPT: Final = np.uint64(((1 << KEPT_BITS) - 1) << (64 - KEPT_BITS))
_PURPOSE: Final = b"again"


class Layers:
    """What is laid over the hashes of a first secret: one more hash for each secret after it."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        """`secrets` are those after the first, the oldest first."""
        self._keys = words_of([key(secret, _PURPOSE) for secret in secrets])

    def __len__(self) -> int:
        return len(self._keys)

    def over(self, hashes: Hashes, under: int = 0) -> Hashes:
        """Return hashes that have `under` layers already with all of them; 0 stays 0.

        >>> layers = Layers([b"a second secret", b"a third secret"])
        >>> hashes = np.array([0, 1 << 63], dtype=np.uint64)
        >>> once = Layers([b"a second secret"]).over(hashes)
        >>> bool(np.array_equal(layers.over(hashes), layers.over(once, under=1)))
        True
        >>> int(once[0]), int(once[1] >> np.uint64(58))
        (0, 32)
        """
        for key_0, key_1 in self._keys[under:]:
            found: Hashes = np.empty(hashes.shape, dtype=np.uint64)
            _hash_again(hashes.ravel(), key_0, key_1, found.ravel())
            hashes = found
        return hashes


@compiled
def _hash_again(hashes: Hashes, key_0: np.uint64, key_1: np.uint64, found: Hashes) -> None:
    for place in range(len(hashes)):
        old = hashes[place]
        if old == 0:
            found[place] = np.uint64(0)
        else:
            again = siphash_of_word(old, key_0, key_1)
            found[place] = (old & _KEPT) | (again & ~_KEPT)
