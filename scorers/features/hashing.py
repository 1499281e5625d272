"""Hashes that are the same in every process, version and machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import xxhash

Hashes = npt.NDArray[np.uint64]

_MULTIPLY_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLY_2: Final = np.uint64(0x94D049BB133111EB)
_SHIFT_1: Final = np.uint64(30)
_SHIFT_2: Final = np.uint64(27)
_SHIFT_3: Final = np.uint64(31)


def hash_text(text: str) -> int:
    """Return the 64-bit XXH3 hash of `text` in UTF-8.

    >>> hash_text("610910")
    10530170456723099329
    """
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def mixed(hashes: Hashes) -> Hashes:
    """Return the SplitMix64 finaliser of each hash, in place (Steele et al., OOPSLA 2014)."""
    hashes ^= hashes >> _SHIFT_1
    hashes *= _MULTIPLY_1
    hashes ^= hashes >> _SHIFT_2
    hashes *= _MULTIPLY_2
    hashes ^= hashes >> _SHIFT_3
    return hashes


class HashMemo(dict[str, int]):
    """Hashes of texts seen, emptied when `limit` is reached: parties repeat, memory is bounded.

    >>> memo = HashMemo(limit=2)
    >>> memo["a"] == hash_text("a")
    True
    """

    def __init__(self, limit: int = 500_000) -> None:
        super().__init__()
        self._limit = limit

    def __missing__(self, text: str) -> int:
        if len(self) >= self._limit:
            self.clear()
        value = self[text] = hash_text(text)
        return value

    def column(self, texts: Sequence[str]) -> Hashes:
        """Return the hash of each text."""
        return np.fromiter(map(self.__getitem__, texts), dtype=np.uint64, count=len(texts))
