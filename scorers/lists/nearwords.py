"""Listed words that an asked one may be, with a letter more, less or other."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Bytes
from scorers.hashindex import MOST_PLACES, HashIndex, find_places, places_of_hashes
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


class ListedWords(NamedTuple):
    """Indexes of listed words: what is near those that are `known`, and the places in `meant` of
    those that are `spelled` alike."""

    known: Hashes
    spelled: Hashes
    meant: Hashes


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
        meant, places = np.unique(meant, return_inverse=True)
        # Most words that are asked for are listed ones: what is near those is found beforehand.
        known = HashIndex(spelled.exact[:0], spelled.exact[:0], MOST_PLACES).words
        self.listed = ListedWords(known, HashIndex(hashes, places, _MOST).words, meant)
        near = self.among(spelled, np.arange(0), spelled.exact[:0])
        size = (near.end - near.begin)[: len(spelled.exact)]
        known = HashIndex(np.repeat(spelled.exact, size), near.pool, MOST_PLACES).words
        self.listed = self.listed._replace(known=known)

    def among(self, words: NameWords, which: Integers, joined: Hashes) -> Near:
        """Return what is near each word, and behind them each as `joined` has it, for `which` are
        written together with their successor."""
        return near_each(words, which, joined, self.listed)


@compiled
def near_each(words: NameWords, which: Integers, joined: Hashes, listed: ListedWords) -> Near:
    """Return what is near each word (see `NearIndex.among`)."""
    count = len(words.exact)
    places = np.zeros((2, 2 * count), dtype=np.int64)
    places_of_hashes(listed.known, words.exact, places[0, :count], places[1, :count])
    unknown = np.flatnonzero(places[0, :count] == places[1, :count])
    owners, hashes = _spellings(words, unknown, which, joined)
    asked, hits = find_places(listed.spelled, hashes)
    pool = np.empty((places[1] - places[0]).sum() + len(hits), dtype=np.uint64)
    filled = _move_known(listed.known, places, pool)
    filled = _move_distinct(owners[asked], hits, listed.meant, places, pool, filled)
    return Near(pool[:filled], places[0], places[1])


@compiled
def _spellings(
    words: NameWords, unknown: Integers, which: Integers, joined: Hashes
) -> tuple[Integers, Hashes]:
    """Return the hashes by which near words are found, and what each is of: words as they are
    and short of each letter, and words written together."""
    most = len(unknown) + words.length[unknown].sum() + len(joined)
    owners, hashes = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.uint64)
    filled = 0
    for word in unknown:
        begun, length = words.start[word], words.length[word]
        end = filled + 1
        hashes[filled] = words.exact[word]
        if LEAST_LETTERS <= length <= MOST_LETTERS:
            end += length
            letters = words.letters[begun : begun + length]
            _shorten(letters, words.exact[word], hashes[filled + 1 : end])
        owners[filled:end] = word
        filled = end
    for number in range(len(joined)):
        owners[filled], hashes[filled] = len(words.exact) + which[number], joined[number]
        filled += 1
    return owners[:filled], hashes[:filled]


@compiled
def _shorten(letters: Bytes, exact: np.uint64, hashes: Hashes) -> None:
    """Set the hashes of a word that is short of one of its letters."""
    before, behind = np.uint64(0), exact
    for at in range(len(letters)):
        term = LETTERS[letters[at]] * POWERS[at]
        behind -= term
        # The letters behind the one left out move up by one place.
        hashes[at] = before + behind * UNDO
        before += term


@compiled
def _move_known(known: Hashes, places: Integers, pool: Hashes) -> int:
    """Move what is known to be near words to the pool; return how much that is."""
    filled = 0
    for word in range(places.shape[1]):
        begin, end = places[0, word], places[1, word]
        places[0, word] = filled
        for at in range(begin, end):
            pool[filled] = known[at]
            filled += 1
        places[1, word] = filled
    return filled


@compiled
def _move_distinct(
    owners: Integers, hits: Integers, meant: Hashes, places: Integers, pool: Hashes, filled: int
) -> int:
    """Move what was hit for each owner to the pool, each listed word once; return how much is in
    it."""
    start = 0
    while start < len(hits):
        end = start + 1
        while end < len(hits) and owners[end] == owners[start]:
            end += 1
        some = np.sort(hits[start:end])
        places[0, owners[start]] = filled
        for at in range(len(some)):
            if at == 0 or some[at] != some[at - 1]:
                pool[filled] = meant[some[at]]
                filled += 1
        places[1, owners[start]] = filled
        start = end
    return filled
