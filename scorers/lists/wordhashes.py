"""Hashes of the words of a whole column of names: as spelled, by sound, and short of a letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, hash_column

BREAK: Final = 0
"""Byte between two names; a space is between two words."""

_SPACE: Final = ord(" ")
_BASE: Final = 0xD6E8FEB86659FD93
UNDO: Final = np.uint64(pow(_BASE, -1, 2**64))
MOST_POWER: Final = 1023
"""Letters further behind in a word all count as this one."""

POWERS: Final = np.array([pow(_BASE, n, 2**64) for n in range(MOST_POWER + 1)], dtype=np.uint64)
LETTERS: Final = hash_column([chr(code) for code in range(256)])

_SILENT: Final = b"aeiouyhw"
_ALIKE: Final = bytes.maketrans(b"cqzv", b"kksf")
LEAST_SOUNDS: Final = 3

LEAST_LETTERS: Final = 4
"""Shorter words have too many neighbours: they are found as they are."""

MOST_LETTERS: Final = 24
"""Longer words are found as they are, or by their sound: each letter costs a hash."""

HEARD: Final = np.where(
    [code in _SILENT for code in range(256)],
    np.uint64(0),
    hash_column([f"~{chr(code)}" for code in bytes(range(256)).translate(_ALIKE)]),
)
"""Hash of each byte's sound, 0 for what is not heard."""

Codes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Words:
    """Words of a column of names in their order: which name's (`row`), how long, and hashes.

    `exact` is the polynomial hash of a word's letters, `sound` that of its consonants (or `exact`,
    if they are few). `short` holds for each letter the hash of its word without it; those of a
    word begin at `first`.
    """

    row: Integers
    length: Integers
    first: Integers
    exact: Hashes
    sound: Hashes
    short: Hashes

    def __len__(self) -> int:
        return len(self.row)

    def only(self, which: Flags | Integers) -> Words:
        """Return some of the words."""
        return Words(
            self.row[which],
            self.length[which],
            self.first[which],
            self.exact[which],
            self.sound[which],
            self.short,
        )

    def place(self) -> Integers:
        """Return the place of each word in its name, from 0."""
        heads = np.flatnonzero(np.diff(self.row, prepend=-1))
        return np.arange(len(self)) - np.repeat(heads, np.diff(heads, append=len(self)))

    def joined(self) -> Hashes:
        """Return the hash of each word but the last written together with its successor."""
        return self.exact[:-1] + _powers(self.length[:-1]) * self.exact[1:]

    def together(self, left: Integers, right: Integers) -> Hashes:
        """Return the hash of each two words written as one."""
        return self.exact[left] + _powers(self.length[left]) * self.exact[right]

    def compact(self) -> tuple[Integers, Hashes]:
        """Return the rows of names, and the hash of each written without spaces."""
        heads = np.flatnonzero(np.diff(self.row, prepend=-1))
        if not len(heads):
            return self.row, self.exact
        before = np.cumsum(self.length) - self.length
        start = np.repeat(before[heads], np.diff(heads, append=len(self)))
        return self.row[heads], np.add.reduceat(self.exact * _powers(before - start), heads)


def words_of(text: bytes) -> Words:
    """Return the words of names in lower case, with spaces between words and `BREAK` between names.

    >>> words = words_of(b"anna muster\\0ana")
    >>> words.row.tolist(), bool((words.short[:4] == words.exact[2]).any())
    ([0, 0, 1], True)
    """
    codes = np.frombuffer(text, dtype=np.uint8)
    row, _, length = spans_of(codes)
    if not len(row):
        return Words(row, length, row, *[np.zeros(0, dtype=np.uint64)] * 3)
    first = np.cumsum(length) - length
    letters = codes[codes > _SPACE]
    offset = np.arange(len(letters)) - np.repeat(first, length)
    exact, short = _spelled(letters, offset, first, length)
    sound, count = _sounded(letters, offset, first, length)
    return Words(row, length, first, exact, np.where(count < LEAST_SOUNDS, exact, sound), short)


def spans_of(codes: Codes) -> tuple[Integers, Integers, Integers]:
    """Return each word's name (its row), where it starts, and how long it is."""
    letter = np.zeros(len(codes) + 2, dtype=np.bool_)
    np.greater(codes, _SPACE, out=letter[1:-1])
    edges = np.flatnonzero(letter[1:] != letter[:-1])
    starts = edges[::2]
    row = np.searchsorted(np.flatnonzero(codes == BREAK), starts)
    return row, starts, edges[1::2] - starts


def shortened(words: Words, which: Integers) -> tuple[Integers, Hashes]:
    """Return hashes of some words with one letter left out, and the place in `which` of each."""
    length = words.length[which]
    length = np.where((length >= LEAST_LETTERS) & (length <= MOST_LETTERS), length, 0)
    owner = np.repeat(np.arange(len(which)), length)
    start = words.first[which] - (np.cumsum(length) - length)
    return owner, words.short[start[owner] + np.arange(len(owner))]


def _powers(exponents: Integers) -> Hashes:
    return POWERS[np.minimum(exponents, MOST_POWER)]


def _spelled(
    letters: Codes, offset: Integers, first: Integers, length: Integers
) -> tuple[Hashes, Hashes]:
    """Return the hash of each word, and for each letter that of its word without it."""
    terms = LETTERS[letters] * _powers(offset)
    sums = np.cumsum(terms)
    sums -= np.repeat(sums[first] - terms[first], length)
    exact = sums[first + length - 1]
    # The letters behind the one left out move up by one place.
    short = np.repeat(exact, length) - sums
    short *= UNDO
    short += sums
    short -= terms
    return exact, short


def _sounded(
    letters: Codes, offset: Integers, first: Integers, length: Integers
) -> tuple[Hashes, Integers]:
    """Return the hash of each word's consonants, doubled ones as one, and their number."""
    sounds = HEARD[letters]
    heard = sounds != 0
    heard[1:] &= (sounds[1:] != sounds[:-1]) | (offset[1:] == 0)
    place = np.cumsum(heard)
    place -= np.repeat(place[first] - heard[first], length)
    count = place[first + length - 1]
    sounds *= _powers(place)
    sounds *= heard
    return np.add.reduceat(sounds, first), count
