"""Words of asked names, with the listed words that each may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.lists.hashindex import HashSet
from scorers.lists.nearwords import Near, NearIndex
from scorers.lists.ranks import Ranks, ranks_of
from scorers.lists.seenwords import SeenWords, letters_of
from scorers.lists.wordhashes import BREAK, Flags, Words, spans_of, words_of

_NUMBERS: Final = 4
"""Of a word that are remembered: hashes as spelled and by sound, what it is, what is near it."""

_KEPT, _WEIGHTY, _HEARD = (np.uint64(1 << bit) for bit in range(3))
_SIZE_BITS: Final = np.uint64(16)
_SIZE: Final = np.uint64((1 << 16) - 1)


@dataclass(frozen=True)
class AskedWords:
    """Words of a column of names, what they are to a name, and what listed ones are near each.

    `heard` are those whose sound is that of a listed word. `near` has as many words again: each
    written together with its successor, in names of three words or more.
    """

    words: Words
    ranks: Ranks
    heard: Flags
    near: Near


class WordFinder:
    """Finds what listed words are near those of names; it looks up only words not seen lately.

    It remembers up to 131,072 words, then it begins anew: no stream of names can fill it.
    """

    def __init__(self, listed: Words) -> None:
        self._index = NearIndex(listed)
        self._sounds = HashSet(listed.sound)
        self._seen = SeenWords(width=_NUMBERS)
        self._pool: Hashes = np.empty(0, dtype=np.uint64)
        self._pooled = 0

    def of(self, text: bytes) -> AskedWords:
        """Return the words of names, given as `words_of` takes them."""
        if self._seen.nearly_full:
            self._seen.clear()
            self._pooled = 0
        row, starts, length = spans_of(np.frombuffer(text, dtype=np.uint8))
        letters = letters_of(text, starts, length)
        lines, new = self._seen.find(letters)
        exact, sound, about, near = lines
        fresh = words_of(_cut(text, starts[new], length[new]))
        exact[new], sound[new], about[new] = fresh.exact, fresh.sound, self._about(fresh)
        words = Words(row, length, row, exact, sound, exact[:0])
        threes = _in_threes(row)
        spans = self._looked_up(fresh, words.together(threes, threes + 1))
        near[new] = spans[: len(new)]
        self._seen.add(letters.some(new), lines[:, new])
        joined = np.zeros(len(words), dtype=np.uint64)
        joined[threes] = spans[len(new) :]
        return self._asked(words, about, np.concatenate([near, joined]))

    def _about(self, fresh: Words) -> Hashes:
        """Return a bit for each thing that a word is."""
        kept, weighty = ranks_of(fresh)
        heard = self._sounds.having(fresh.sound)
        about: Hashes = kept * _KEPT + weighty * _WEIGHTY + heard * _HEARD
        return about

    def _looked_up(self, fresh: Words, joined: Hashes) -> Hashes:
        """Return where in the pool stands what is near new words and joined ones, and how much."""
        found = self._index.among(fresh, joined)
        begin = self._pooled + found.first.view(np.uint64)
        end = self._pooled + len(found.pool)
        if end > len(self._pool):
            more = np.empty(len(self._pool) + end, dtype=np.uint64)
            more[: self._pooled] = self._pool[: self._pooled]
            self._pool = more
        self._pool[self._pooled : end] = found.pool
        # What is near joined words counts for this batch only: the next one writes over it.
        self._pooled += int(found.size[: len(fresh)].sum())
        spans: Hashes = (begin << _SIZE_BITS) | found.size.view(np.uint64)
        return spans

    def _asked(self, words: Words, about: Hashes, spans: Hashes) -> AskedWords:
        kept, weighty, heard = ((about & bit) != 0 for bit in (_KEPT, _WEIGHTY, _HEARD))
        first, size = (spans >> _SIZE_BITS).view(np.int64), (spans & _SIZE).view(np.int64)
        return AskedWords(words, Ranks(kept, weighty), heard, Near(self._pool, first, size))


def _cut(text: bytes, starts: Integers, length: Integers) -> bytes:
    """Return some words, each as a name."""
    spans = zip(starts.tolist(), (starts + length).tolist(), strict=True)
    return bytes([BREAK]).join([text[start:end] for start, end in spans])


def _in_threes(row: Integers) -> Integers:
    """Return which words of names of three or more have a successor."""
    third = np.flatnonzero(row[2:] == row[:-2])
    among = np.zeros(len(row), dtype=np.bool_)
    among[third] = True
    among[third + 1] = True
    return np.flatnonzero(among)
