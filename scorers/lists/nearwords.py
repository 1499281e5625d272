"""Listed words that an asked one may be, with a letter more, less or other."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.lists.hashindex import HashIndex
from scorers.lists.wordhashes import Words, shortened

_MOST: Final = 1_000
"""Words that one word short of a letter may come from: 24 places, an alphabet and digits each."""

_LOW: Final = 0xFFFFFFFF


class Near(NamedTuple):
    """Hashes of listed words, one asked word after the other: `size` of them from `first` on."""

    pool: Hashes
    first: Integers
    size: Integers

    def of(self, which: Integers) -> tuple[Integers, Hashes]:
        """Return the hashes near some asked words, and the place in `which` of each."""
        size = self.size[which]
        owner = np.repeat(np.arange(len(which)), size)
        start = self.first[which] - (np.cumsum(size) - size)
        return owner, self.pool[start[owner] + np.arange(len(owner))]


class NearIndex:
    """Listed words by the hashes that they share with their misspellings.

    Two words are near if they are equal, one is the other without a letter, or both are equal
    without one letter each. What two neighbours make, written as one word, is near itself, and a
    word with a letter more or less.

    >>> from scorers.lists.wordhashes import words_of
    >>> listed, asked = words_of(b"golden sun"), words_of(b"goldan sum golden")
    >>> index = NearIndex(listed)
    >>> index.among(asked, np.zeros(0, np.uint64)).size.tolist()
    [1, 0, 1]
    """

    def __init__(self, words: Words) -> None:
        owner, short = shortened(words, np.arange(len(words)))
        joined = words.joined()
        hashes = np.concatenate([words.exact, short, joined])
        meant = np.concatenate([words.exact, words.exact[owner], joined])
        self._meant, places = np.unique(meant, return_inverse=True)
        self._index = HashIndex(hashes, places, _MOST)

    def among(self, words: Words, joined: Hashes) -> Near:
        """Return what is near each of `words`, and behind them each of `joined`."""
        owner, short = shortened(words, np.arange(len(words)))
        owners = np.concatenate([np.arange(len(words) + len(joined)), owner])
        asked, places = self._index.find(np.concatenate([words.exact, joined, short]))
        pairs = np.unique((owners[asked] << 32) | places)
        size = np.bincount(pairs >> 32, minlength=len(words) + len(joined))
        return Near(self._meant[pairs & _LOW], np.cumsum(size) - size, size)
