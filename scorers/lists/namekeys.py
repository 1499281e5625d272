"""Hashes that names have in common if they are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes, hash_text
from scorers.lists.askedwords import AskedWords
from scorers.lists.names import MAX_NAME_WORDS
from scorers.lists.ranks import Ranks, ranks_of
from scorers.lists.wordhashes import Flags, Words, shortened

_COMPACT: Final = np.uint64(hash_text("a name written without spaces"))
_PAIR: Final = 2


class Keys(NamedTuple):
    """Rows of names, and hashes of theirs."""

    row: Integers
    hashes: Hashes


def asked_keys(asked: AskedWords) -> tuple[Keys, int]:
    """Return hashes of names, one or more of which a listed name has if it is like them.

    Each two words, one of them of weight, make keys in either order: both by their sound, and one
    by its sound, the other as each listed word near it. Two neighbours also count as one word. A
    name with one word of weight has keys of that alone. Every name has one of all its letters.

    Words behind the first `MAX_NAME_WORDS` of a name make no pairs; how many names have more is
    returned as well.
    """
    words, ranks = asked.words, asked.ranks
    left, right = _in_pairs(words.row, ranks.weighty)
    cut = int(np.count_nonzero(np.bincount(words.row) > MAX_NAME_WORDS))
    if cut:
        few = words.place()[right] < MAX_NAME_WORDS
        left, right = left[few], right[few]
    single = np.flatnonzero(_alone(words.row, ranks.weighty))
    owner, near = asked.near.of(single)
    keys = [
        *_of_whole(words, ranks),
        Keys(words.row[single], words.sound[single]),
        Keys(words.row[single[owner]], near),
        *_of_asked_pairs(asked, left, right),
    ]
    return _together(keys), cut


def listed_keys(words: Words) -> Keys:
    """Return hashes of listed names: those that `asked_keys` gives of names like them."""
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
    few: Flags = np.bincount(words.row, ranks.weighty)[words.row] < _PAIR
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
    yield Keys(rows, hashes ^ _COMPACT)
    kept, weighty = ranks
    shorter = np.flatnonzero(kept & (np.bincount(words.row, ~kept)[words.row] > 0))
    rows, hashes = words.only(shorter).compact()
    yield Keys(rows, hashes ^ _COMPACT)
    # Two words may be one with a space too much.
    two = np.flatnonzero(weighty & (np.bincount(words.row, weighty)[words.row] == _PAIR))
    first, second = two[::2], two[1::2]
    yield Keys(words.row[first], words.together(first, second))


def _of_asked_pairs(asked: AskedWords, left: Integers, right: Integers) -> Iterator[Keys]:
    """Yield a key of each pair by sound, and keys of what is near one by the other's sound."""
    words, sound = asked.words, asked.words.sound
    sounding = np.flatnonzero(asked.heard[left] & asked.heard[right])
    first = left[sounding]
    yield Keys(words.row[first], sound[first] + sound[right[sounding]])
    # The first two words as one, and the last two.
    apart = np.flatnonzero(right - left > 1)
    before, behind = left[apart], right[apart]
    those = np.concatenate([left, right, before + len(words), behind - 1 + len(words)])
    others = np.concatenate([right, left, behind, before])
    heard = np.flatnonzero(asked.heard[others])
    others = others[heard]
    owner, near = asked.near.of(those[heard])
    other = others[owner]
    yield Keys(words.row[other], near + sound[other])


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
