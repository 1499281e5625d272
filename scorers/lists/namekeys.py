"""Hashes that names have in common if they are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, hash_text
from scorers.lists.hashindex import HashSet
from scorers.lists.legal import CONNECTIVES, LEGAL_FORMS, TITLES, TRADES
from scorers.lists.names import MAX_NAME_WORDS
from scorers.lists.wordhashes import Flags, Words, words_of

LEAST_LETTERS: Final = 4
"""Shorter words have too many neighbours: they are found as they are."""

MOST_LETTERS: Final = 24
"""Longer words are found as they are, or by their sound: each letter costs a hash."""

_COMPACT: Final = np.uint64(hash_text("a name written without spaces"))
_PAIR: Final = 2


class Keys(NamedTuple):
    """Rows of names, and hashes of theirs."""

    row: Integers
    hashes: Hashes


def _hashed(words: Iterable[str]) -> HashSet:
    return HashSet(words_of("\0".join(words).encode()).exact)


_LEGAL: Final = _hashed(LEGAL_FORMS | TITLES | CONNECTIVES)
_TRADES: Final = _hashed(TRADES)


def asked_keys(words: Words) -> tuple[Keys, int]:
    """Return hashes of names, one or more of which a listed name has if it is like them.

    Each two words, one of them of weight, make keys in either order: both by their sound, and one
    by its sound, the other as it is or with a letter left out. Two neighbours also count as one
    word. A name with one word of weight has keys of that alone. Every name has one of all its
    letters.

    Words behind the first `MAX_NAME_WORDS` of a name make none; how many names have more is
    returned as well.
    """
    place = words.place()
    kept, weighty = _ranks(words)
    few = place < MAX_NAME_WORDS
    cut = int(np.count_nonzero(place == MAX_NAME_WORDS))
    pairs = _pairs(words.only(few), weighty[few]) if cut else _pairs(words, weighty)
    return _joined([*_of_whole(words, kept, weighty), *pairs]), cut


def listed_keys(words: Words) -> Keys:
    """Return hashes of listed names: those of `asked_keys` that tell names apart, of all words.

    Words without weight make pairs only in a name that has one word of weight.
    """
    kept, weighty = _ranks(words)
    telling = weighty | (np.bincount(words.row, weighty)[words.row] < _PAIR)
    pairs = _pairs(words.only(telling), weighty[telling])
    return _joined([*_of_whole(words, kept, weighty), *pairs])


def _joined(parts: Iterable[Keys]) -> Keys:
    rows, hashes = zip(*parts, strict=True)
    return Keys(np.concatenate(rows), np.concatenate(hashes))


def _ranks(words: Words) -> tuple[Flags, Flags]:
    """Return which words are neither initials nor legal forms, and which of those have weight."""
    kept = (words.length > 1) & ~_LEGAL.having(words.exact)
    return kept, kept & ~_TRADES.having(words.exact)


def _of_whole(words: Words, kept: Flags, weighty: Flags) -> Iterator[Keys]:
    """Yield hashes of names as one word: of all letters, and of the only word of weight."""
    for several in (words, words.only(kept)):
        rows, hashes = several.compact()
        yield Keys(rows, hashes ^ _COMPACT)
    telling = words.only(weighty)
    counts = np.bincount(telling.row)[telling.row]
    single = telling.only(counts == 1)
    yield Keys(single.row, single.exact)
    yield Keys(single.row, single.sound)
    owner, short = _shortened(single, np.arange(len(single)))
    yield Keys(single.row[owner], short)
    # Two words may be one with a space too much.
    yield Keys(*telling.only(counts == _PAIR).compact())


def _pairs(words: Words, weighty: Flags) -> Iterator[Keys]:
    left, right = _in_pairs(words.row, weighty)
    row = words.row[left]
    yield Keys(row, words.sound[left] + words.sound[right])
    both, other = np.concatenate((left, right)), np.concatenate((right, left))
    # A letter too much, left out, makes the word as it is.
    yield Keys(words.row[both], words.exact[both] + words.sound[other])
    owner, short = _shortened(words, both)
    yield Keys(words.row[both[owner]], short + words.sound[other[owner]])
    apart = right - left > 1
    if apart.any():
        # The first two words as one, and the last two.
        row, left, right = row[apart], left[apart], right[apart]
        joined = words.joined()
        yield Keys(row, joined[left] + words.sound[right])
        yield Keys(row, words.sound[left] + joined[right - 1])


def _in_pairs(row: Integers, weighty: Flags) -> tuple[Integers, Integers]:
    """Return the places of each two words of one name of which one has weight."""
    lefts, rights = [row[:0]], [row[:0]]
    for lag in range(1, min(MAX_NAME_WORDS, len(row))):
        same = row[lag:] == row[:-lag]
        if not same.any():
            break
        left = np.flatnonzero(same & (weighty[lag:] | weighty[:-lag]))
        lefts.append(left)
        rights.append(left + lag)
    return np.concatenate(lefts), np.concatenate(rights)


def _shortened(words: Words, which: Integers) -> tuple[Integers, Hashes]:
    """Return hashes of some words with one letter left out, and the place in `which` of each."""
    length = words.length[which]
    length = np.where((length >= LEAST_LETTERS) & (length <= MOST_LETTERS), length, 0)
    owner = np.repeat(np.arange(len(which)), length)
    start = words.first[which] - (np.cumsum(length) - length)
    return owner, words.short[start[owner] + np.arange(len(owner))]
