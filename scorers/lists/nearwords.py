"""Listed words that an asked one may be, with a letter more, less or other."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Bytes
from scorers.hashindex import MOST_PLACES, HashIndex, places_of_hash
from scorers.lists.namewords import NameWords
from scorers.lists.wordhashes import (
    LEAST_LETTERS,
    LETTERS,
    MOST_LETTERS,
    POWERS,
    UNDO,
    Words,
    shortened,
)

_MOST: Final = 1_000
"""Words that one word short of a letter may come from: 24 places, an alphabet and digits each."""


class Near(NamedTuple):
    """Hashes of listed words by asked word: those near word i are `pool[begin[i]:end[i]]`."""

    pool: Hashes
    begin: Integers
    end: Integers


class NearIndex:
    """Listed words by the hashes that they share with their misspellings.

    Two words are near if they are equal, one is the other without a letter, or both are equal
    without one letter each. What two neighbours make, written as one word, is near itself, and a
    word with a letter more or less.

    >>> from scorers.features.texts import texts_of
    >>> from scorers.lists.namewords import name_words
    >>> from scorers.lists.wordhashes import words_of
    >>> index = NearIndex(words_of(b"golden sun"), name_words(texts_of(["golden sun"])))
    >>> asked = name_words(texts_of(["goldan sum"]))
    >>> near = index.among(asked, np.arange(0), np.zeros(0, np.uint64))
    >>> (near.end - near.begin).tolist()
    [1, 0, 0, 0]
    """

    def __init__(self, words: Words, spelled: NameWords) -> None:
        """Index words; `spelled` are the same with their letters, and maybe others."""
        owner, short = shortened(words, np.arange(len(words)))
        joined = words.joined()
        hashes = np.concatenate([words.exact, short, joined])
        meant = np.concatenate([words.exact, words.exact[owner], joined])
        self._meant, places = np.unique(meant, return_inverse=True)
        self._index = HashIndex(hashes, places, _MOST)
        # Most words that are asked for are listed ones: what is near those is found beforehand.
        self._known = HashIndex(spelled.exact[:0], spelled.exact[:0], MOST_PLACES)
        near = self.among(spelled, np.arange(0), spelled.exact[:0])
        size = (near.end - near.begin)[: len(spelled.exact)]
        self._known = HashIndex(np.repeat(spelled.exact, size), near.pool, MOST_PLACES)

    def among(self, words: NameWords, which: Integers, joined: Hashes) -> Near:
        """Return what is near each word, and behind them each as `joined` has it, for `which` are
        written together with their successor."""
        count = len(words.exact)
        places = np.zeros((2, 2 * count), dtype=np.int64)
        known, index = self._known.words, self._index.words
        pool = _near_each(words, which, joined, known, index, self._meant, places)
        return Near(pool, places[0], places[1])


@compiled
def _near_each(
    words: NameWords,
    which: Integers,
    joined: Hashes,
    known: Hashes,
    index: Hashes,
    meant: Hashes,
    places: Integers,
) -> Hashes:
    """Return what is near each word; set at which places of it that begins and ends."""
    pool, hits = [np.uint64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    for word in range(len(words.exact)):
        places[0, word] = len(pool)
        start, end = places_of_hash(known, words.exact[word])
        for at in range(start, end):
            pool.append(known[at])  # noqa: PERF401 (compiled)
        if start == end:
            begun = words.start[word]
            letters = words.letters[begun : begun + words.length[word]]
            _add_hits(index, words.exact[word], hits)
            _add_hits_of_shorter(index, letters, words.exact[word], hits)
            _move_distinct(hits, meant, pool)
        places[1, word] = len(pool)
    for number in range(len(which)):
        word = len(words.exact) + which[number]
        places[0, word] = len(pool)
        _add_hits(index, joined[number], hits)
        _move_distinct(hits, meant, pool)
        places[1, word] = len(pool)
    return np.array(pool, dtype=np.uint64)


@compiled
def _add_hits(index: Hashes, value: np.uint64, hits: list[np.int64]) -> None:
    start, end = places_of_hash(index, value)
    for at in range(start, end):
        hits.append(np.int64(index[at]))  # noqa: PERF401 (compiled)


@compiled
def _add_hits_of_shorter(
    index: Hashes, letters: Bytes, exact: np.uint64, hits: list[np.int64]
) -> None:
    """Add what shares a hash with a word that is short of one of its letters."""
    if len(letters) < LEAST_LETTERS or len(letters) > MOST_LETTERS:
        return
    before, behind = np.uint64(0), exact
    for at in range(len(letters)):
        term = LETTERS[letters[at]] * POWERS[at]
        behind -= term
        # The letters behind the one left out move up by one place.
        _add_hits(index, before + behind * UNDO, hits)
        before += term


@compiled
def _move_distinct(hits: list[np.int64], meant: Hashes, pool: list[np.uint64]) -> None:
    """Move what was hit to the pool, each listed word once."""
    hits.sort()
    for at in range(len(hits)):
        if at == 0 or hits[at] != hits[at - 1]:
            pool.append(meant[hits[at]])  # noqa: PERF401 (compiled)
    hits.clear()
