"""Names ruled out before they are compared: no reading of them can be alike enough."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Bytes
from scorers.hashindex import Flags, is_in
from scorers.lists.comparing import (
    LEAST_WORDS,
    MOST_WORDS,
    SHORT,
    TRADE,
    TRADE_OF_ONE,
)
from scorers.lists.legal import TRADES as TRADE_WORDS
from scorers.lists.names import Name
from scorers.lists.namewords import NameWords
from scorers.lists.ranks import LEGAL, TRADES
from scorers.lists.wordbounds import MOST_LETTERS, letter_ratio, most_alike

_SLACK: Final = 1e-6
"""Percent: far more than what rounding does to a bound."""


class _Listed(NamedTuple):
    """Listed names as the bound sees them: words of name i are those from `firsts[i]` on.

    `threshold` is in percent, 0 for names that are not to be ruled out.
    """

    letters: Bytes
    firsts: Integers
    starts: Integers
    is_trade: Flags
    telling: Integers
    threshold: Floats


class Bounds:
    """Bounds on how alike an asked name can be to listed ones.

    They hold for names that are read in one way only: Latin letters and spaces, no initials, legal
    forms or lines of trade. All others are never ruled out.

    >>> from scorers.features.texts import texts_of
    >>> from scorers.lists.names import names_in
    >>> from scorers.lists.namewords import name_words
    >>> bounds = Bounds([(86.0, name) for name in names_in("Anna Muster")])
    >>> asked = name_words(texts_of(["Ana Muster", "Anna Walters"]))
    >>> bounds.hopeful(asked, np.array([0, 1]), np.array([0, 0])).tolist()
    [True, False]
    """

    def __init__(self, listed: Sequence[tuple[float, Name]]) -> None:
        words = [word for _, name in listed for word in name.words]
        self._listed = _Listed(
            np.frombuffer("".join(words).encode("ascii", "replace"), dtype=np.uint8),
            np.array([0, *accumulate(len(name.words) for _, name in listed)]),
            np.array([0, *accumulate(map(len, words))]),
            np.array([word in TRADE_WORDS for word in words], dtype=np.bool_),
            np.array([_telling(name) for _, name in listed], dtype=np.int64),
            np.array([threshold * _can_be_ruled_out(name) for threshold, name in listed]),
        )

    def hopeful(self, words: NameWords, rows: Integers, places: Integers) -> Flags:
        """Return which pairs of an asked name and a listed one may reach the listed one's
        threshold."""
        hopeful = np.empty(len(rows), dtype=np.bool_)
        _judge(words, self._listed, LEGAL.words, TRADES.words, rows, places, hopeful)
        return hopeful


def _telling(name: Name) -> int:
    return sum(word not in TRADE_WORDS and len(word) > SHORT for word in name.words)


def _can_be_ruled_out(name: Name) -> bool:
    few = len(name.words) <= MOST_WORDS and len(name.compact) <= MOST_LETTERS
    return few and name.compact.isascii()


@compiled
def _judge(
    words: NameWords,
    listed: _Listed,
    legal: Hashes,
    trades: Hashes,
    rows: Integers,
    places: Integers,
    hopeful: Flags,
) -> None:
    """Set which pairs may be alike."""
    for pair in range(len(rows)):
        row, place = rows[pair], places[pair]
        hopeful[pair] = True
        if listed.threshold[place] > 0 and _is_plain(words, row, legal, trades):
            least = listed.threshold[place] - _SLACK
            hopeful[pair] = (
                _most_by_words(words, row, listed, place) >= least
                or _most_by_letters(words, row, listed, place) >= least
            )


@compiled
def _is_plain(words: NameWords, row: int, legal: Hashes, trades: Hashes) -> bool:
    """Tell whether a name is read in one way only, and each of its letters counts."""
    first, end = words.firsts[row], words.firsts[row + 1]
    letters = 0
    for word in range(first, end):
        exact = words.exact[word]
        letters += words.length[word]
        if words.length[word] == 1 or is_in(legal, exact) or is_in(trades, exact):
            return False
    plain = words.plain[row] and 0 < letters <= MOST_LETTERS
    return bool(plain and end - first <= MOST_WORDS)


@compiled
def _most_by_words(words: NameWords, row: int, listed: _Listed, place: int) -> float:
    """Return how alike words in pairs are at most: each word as alike as the one most like it."""
    first, end = words.firsts[row], words.firsts[row + 1]
    telling, weights, agreed = 0, 0.0, 0.0
    for word in range(first, end):
        telling += words.length[word] > SHORT
        weights += words.length[word]
    trade = TRADE if min(telling, listed.telling[place]) >= LEAST_WORDS else TRADE_OF_ONE
    best = np.zeros(end - first)
    for other in range(listed.firsts[place], listed.firsts[place + 1]):
        begun, behind = listed.starts[other], listed.starts[other + 1]
        weight = trade if listed.is_trade[other] else float(behind - begun)
        weights += weight
        most = 0.0
        for word in range(first, end):
            start, length = words.start[word], words.length[word]
            alike = most_alike(words.letters[start : start + length], listed.letters[begun:behind])
            best[word - first] = max(best[word - first], (length + weight) * alike)
            most = max(most, (length + weight) * alike)
        agreed += most
    return 100 * min(agreed, float(best.sum())) / weights


@compiled
def _most_by_letters(words: NameWords, row: int, listed: _Listed, place: int) -> float:
    """Return how alike two names without their spaces are."""
    last = words.firsts[row + 1] - 1
    begun, end = words.start[words.firsts[row]], words.start[last] + words.length[last]
    first, behind = listed.starts[listed.firsts[place]], listed.starts[listed.firsts[place + 1]]
    return 100 * letter_ratio(words.letters[begun:end], listed.letters[first:behind])
