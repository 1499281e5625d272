"""Hashes that names have in common if they are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, hash_text
from scorers.lists.names import MAX_NAME_WORDS
from scorers.lists.ranks import Ranks, ranks_of
from scorers.lists.wordhashes import Flags, Words, shortened

COMPACT: Final = np.uint64(hash_text("a name written without spaces"))
PAIR: Final = 2


class Keys(NamedTuple):
    """Rows of names, and hashes of theirs."""

    row: Integers
    hashes: Hashes


def listed_keys(words: Words) -> Keys:
    """Return hashes of listed names: those that `namesearch` asks for of names like them."""
    ranks = ranks_of(words)
    told = telling(words, ranks)
    single = np.flatnonzero(_alone(words.row, ranks.weighty))
    owner, short = shortened(words, single)
    keys = [
        *_of_whole(words, ranks),
        Keys(words.row[single], words.sound[single]),
        Keys(words.row[single], words.exact[single]),
        # Two words of an asked name may be one with a space too much, and a letter too few.
        Keys(words.row[single[owner]], short),
        *_of_listed_pairs(words.only(told), ranks.weighty[told]),
    ]
    return _together(keys)


def telling(words: Words, ranks: Ranks) -> Flags:
    """Return which words of listed names make pairs: those without weight only in a name that has
    one word of weight."""
    few: Flags = np.bincount(words.row, ranks.weighty)[words.row] < PAIR
    return ranks.weighty | few


def _together(keys: Iterable[Keys]) -> Keys:
    rows, hashes = zip(*keys, strict=True)
    return Keys(np.concatenate(rows), np.concatenate(hashes))


def _alone(row: Integers, weighty: Flags) -> Flags:
    """Return which words are the only ones of weight in their names."""
    alone: Flags = weighty & (np.bincount(row, weighty)[row] == 1)
    return alone


def _of_whole(words: Words, ranks: Ranks) -> Iterator[Keys]:
    """Yield hashes of names as one word: of all letters, without legal forms, of two words."""
    rows, hashes = words.compact()
    yield Keys(rows, hashes ^ COMPACT)
    kept, weighty = ranks
    shorter = np.flatnonzero(kept & (np.bincount(words.row, ~kept)[words.row] > 0))
    rows, hashes = words.only(shorter).compact()
    yield Keys(rows, hashes ^ COMPACT)
    # Two words may be one with a space too much.
    two = np.flatnonzero(weighty & (np.bincount(words.row, weighty)[words.row] == PAIR))
    first, second = two[::2], two[1::2]
    yield Keys(words.row[first], words.together(first, second))


def _of_listed_pairs(words: Words, weighty: Flags) -> Iterator[Keys]:
    left, right = _in_pairs(words.row, weighty)
    yield Keys(words.row[left], words.sound[left] + words.sound[right])
    yield Keys(words.row[left], words.exact[left] + words.sound[right])
    yield Keys(words.row[left], words.sound[left] + words.exact[right])
    apart = right - left > 1
    left, right = left[apart], right[apart]
    joined = words.joined()
    yield Keys(words.row[left], joined[left] + words.sound[right])
    yield Keys(words.row[left], words.sound[left] + joined[right - 1])


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
