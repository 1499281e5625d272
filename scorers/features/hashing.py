"""Hashes of texts, a whole batch at a time: the same in every process, version and machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.texts import WORD, Bytes, Places, Texts, last_word_at, texts_of, word_at

Hashes = npt.NDArray[np.uint64]

_MULTIPLY_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLY_2: Final = np.uint64(0x94D049BB133111EB)
_SHIFT_1: Final = np.uint64(30)
_SHIFT_2: Final = np.uint64(27)
_SHIFT_3: Final = np.uint64(31)


@compiled
def mix(value: np.uint64) -> np.uint64:
    """Return the SplitMix64 finaliser of a number (Steele et al., OOPSLA 2014)."""
    value ^= value >> _SHIFT_1
    value *= _MULTIPLY_1
    value ^= value >> _SHIFT_2
    value *= _MULTIPLY_2
    return value ^ (value >> _SHIFT_3)


def mixed(hashes: Hashes) -> Hashes:
    """Return the SplitMix64 finaliser of each hash, in place."""
    hashes ^= hashes >> _SHIFT_1
    hashes *= _MULTIPLY_1
    hashes ^= hashes >> _SHIFT_2
    hashes *= _MULTIPLY_2
    hashes ^= hashes >> _SHIFT_3
    return hashes


@compiled
def hash_at(data: Bytes, at: int, size: int) -> np.uint64:
    """Return the hash of the `size` bytes from a place.

    It starts as the length in bytes; each word of eight bytes, little-endian and padded with
    zeros, is added by exclusive or and mixed in.
    """
    value = np.uint64(size)
    while size > WORD:
        value = mix(value ^ word_at(data, at))
        at += WORD
        size -= WORD
    if size > 0:
        value ^= last_word_at(data, at, size)
    return mix(value)


def hashed(texts: Texts, prefix: int = 0) -> Hashes:
    """Return the hash of each text, or of its first `prefix` bytes."""
    (hashes,) = hashed_columns([(texts, prefix)])
    return hashes


def hashed_columns(columns: Sequence[tuple[Texts, int]]) -> list[Hashes]:
    """Return the hashes of several columns, of the first bytes of each text if a number is given.

    Columns of one buffer are hashed side by side: the texts of a record stand near each other.
    """
    alike = defaultdict(list)
    for place, (texts, _) in enumerate(columns):
        alike[id(texts.data), len(texts.starts)].append(place)
    found: dict[int, Hashes] = {}
    for (_, count), places in alike.items():
        some = [columns[place] for place in places]
        texts = Texts(
            some[0][0].data,
            np.concatenate([texts.starts for texts, _ in some]),
            np.concatenate([texts.sizes for texts, _ in some]),
        )
        prefixes = np.array([prefix for _, prefix in some])
        hashes = hashed_lines(texts, np.arange(len(some)) * count, prefixes, count)
        found.update(zip(places, hashes, strict=True))
    return [found[place] for place in range(len(columns))]


def hashed_lines(texts: Texts, firsts: Places, prefixes: Places, count: int) -> Hashes:
    """Return a line of hashes for each column: the `count` texts from one of `firsts` on.

    A prefix is how many first bytes of each text count, 0 for all.
    """
    hashes: Hashes = np.empty((len(firsts), count), dtype=np.uint64)
    _hash_all(texts, firsts, prefixes, hashes)
    return hashes


@compiled
def _hash_all(texts: Texts, firsts: Places, prefixes: Places, hashes: Hashes) -> None:
    for place in range(hashes.shape[1]):
        for column in range(len(prefixes)):
            row = firsts[column] + place
            size = texts.sizes[row]
            if prefixes[column]:
                size = min(size, prefixes[column])
            hashes[column, place] = hash_at(texts.data, texts.starts[row], size)


def hash_column(texts: Sequence[str]) -> Hashes:
    """Return the hash of each text.

    >>> hash_column(["610910", ""]).tolist()
    [10103114456256003870, 0]
    """
    return hashed(texts_of(texts))


def hash_text(text: str) -> int:
    """Return the hash of one text.

    >>> hash_text("610910")
    10103114456256003870
    """
    return int(hash_column([text])[0])
