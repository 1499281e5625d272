"""Words of goods descriptions, normalised so that spelling tricks do not make new ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import chain, count
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, hash_column

Number = TypeVar("Number", np.int64, np.uint64, np.uint8)

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
    """Words of descriptions seen, forgotten when `limit` is reached: wordings repeat.

    They stand in one array, so that those of a batch are found without looking at single texts.
    `judge` says something else of a text, as a number from 0 to 255.
    """

    def __init__(self, limit: int = 100_000, judge: Callable[[str], int] = _unjudged) -> None:
        self._limit = limit
        self._judge = judge
        self._clear()

    def of(self, texts: Sequence[str]) -> Descriptions:
        """Return the words of all texts."""
        if len(self._places) > self._limit:
            self._clear()
        try:
            places = np.fromiter(map(self._places.__getitem__, texts), np.int64, len(texts))
        except KeyError:
            self._add([text for text in dict.fromkeys(texts) if text not in self._places])
            places = np.fromiter(map(self._places.__getitem__, texts), np.int64, len(texts))
        sizes = self._sizes[places]
        starts = np.cumsum(sizes) - sizes
        chosen = np.arange(sizes.sum()) + np.repeat(self._starts[places] - starts, sizes)
        return Descriptions(self._hashes[chosen], sizes, self._judged[places])

    def _clear(self) -> None:
        self._places: dict[str, int] = {}
        self._starts: Integers = np.empty(0, np.int64)
        self._sizes: Integers = np.empty(0, np.int64)
        self._judged: npt.NDArray[np.uint8] = np.empty(0, np.uint8)
        self._hashes: Hashes = np.empty(0, np.uint64)
        self._words = 0

    def _add(self, texts: Sequence[str]) -> None:
        found = [words(text) or ("",) for text in texts]
        sizes = np.array(list(map(len, found)), dtype=np.int64)
        starts = self._words + np.cumsum(sizes) - sizes
        known = len(self._places)
        self._starts = _extended(self._starts, known, starts)
        self._sizes = _extended(self._sizes, known, sizes)
        judged = np.array([self._judge(text) for text in texts], dtype=np.uint8)
        self._judged = _extended(self._judged, known, judged)
        hashes = hash_column(list(chain.from_iterable(found)))
        self._hashes = _extended(self._hashes, self._words, hashes)
        self._words += len(hashes)
        self._places.update(zip(texts, count(known)))


def _extended(
    array: npt.NDArray[Number], used: int, more: npt.NDArray[Number]
) -> npt.NDArray[Number]:
    """Return `array` with `more` behind its first `used` values, and room to grow."""
    if used + len(more) > len(array):
        array = np.concatenate([array, np.empty(len(array) + len(more), array.dtype)])
    array[used : used + len(more)] = more
    return array
