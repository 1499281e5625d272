"""Words of goods descriptions, normalised so that spelling tricks do not make new ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, hash_column
from scorers.numbering import Numbered
from scorers.textindex import Number, extended

MAX_WORDS = 24
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = {code: None for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}


def all_words(text: str) -> list[str]:
    """Return the words of `text` as they follow each other, lower case.

    Invisible format characters are dropped and compatibility forms folded (NFKC).
    """
    # Dropped first: a hidden character would keep a letter and its accent from composing.
    visible = text.translate(_INVISIBLE)
    return _WORD.findall(unicodedata.normalize("NFKC", visible).casefold())


def words(text: str) -> tuple[str, ...]:
    """Return the distinct words of `text`, in order, at most `MAX_WORDS`.

    >>> words("Cotton T-Shirt, cotton")
    ('cotton', 't', 'shirt')
    """
    return tuple(dict.fromkeys(all_words(text)))[:MAX_WORDS]


class Descriptions(NamedTuple):
    """Word hashes of some texts one after the other, how many each has, and what it is judged.

    A text without words has one, that of the empty word.
    """

    hashes: Hashes
    sizes: Integers
    judged: npt.NDArray[np.uint8]


def _unjudged(_text: str) -> int:
    return 0


class WordMemo:
    """Words of descriptions seen: wordings repeat.

    They stand in one array, so that those of a batch are found without looking at single texts.
    `judge` says something else of a text, as a number from 0 to 255.
    """

    def __init__(self, judge: Callable[[str], int] = _unjudged) -> None:
        self._judge = judge
        self._begin(())

    def of(self, column: Numbered) -> Descriptions:
        """Return the words of all texts of a column."""
        if column.seen is not self._seen:
            self._begin(column.seen)
        if self._known < len(column.seen):
            self._add(column.seen[self._known :])
        sizes = self._sizes[column.numbers]
        hashes = np.empty(sizes.sum(), dtype=np.uint64)
        _copy(self._hashes, self._starts, self._sizes, column.numbers, hashes)
        return Descriptions(hashes, sizes, self._judged[column.numbers])

    def _begin(self, seen: Sequence[str]) -> None:
        self._seen = seen
        self._known = 0
        self._starts: Integers = np.empty(0, np.int64)
        self._sizes: Integers = np.empty(0, np.int64)
        self._judged: npt.NDArray[np.uint8] = np.empty(0, np.uint8)
        self._hashes: Hashes = np.empty(0, np.uint64)
        self._words = 0

    def _add(self, texts: Sequence[str]) -> None:
        found = [words(text) or ("",) for text in texts]
        sizes = np.array(list(map(len, found)), dtype=np.int64)
        starts = self._words + np.cumsum(sizes) - sizes
        known = self._known
        self._starts = _extended(self._starts, known, starts)
        self._sizes = _extended(self._sizes, known, sizes)
        judged = np.array([self._judge(text) for text in texts], dtype=np.uint8)
        self._judged = _extended(self._judged, known, judged)
        hashes = hash_column(list(chain.from_iterable(found)))
        self._hashes = _extended(self._hashes, self._words, hashes)
        self._words += len(hashes)
        self._known += len(texts)


def _extended(
    array: npt.NDArray[Number], used: int, more: npt.NDArray[Number]
) -> npt.NDArray[Number]:
    """Return `array` with `more` behind its first `used` values, and room to grow."""
    array = extended(array, used, len(more))
    array[used : used + len(more)] = more
    return array


@compiled
def _copy(
    words: Hashes, starts: Integers, sizes: Integers, numbers: Integers, hashes: Hashes
) -> None:
    """Write the words of each text, one after the other."""
    end = 0
    for number in numbers:
        for place in range(starts[number], starts[number] + sizes[number]):
            hashes[end] = words[place]
            end += 1
