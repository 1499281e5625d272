"""How alike two names are: word by word, in any order."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

from scorers.lists.folding import Reading
from scorers.lists.legal import TRADES
from scorers.lists.names import Name, skeleton

TRADE: Final = 1.0
"""Letters that a line of trade counts as: a firm is told from others by its name."""

TRADE_OF_ONE: Final = 2.0
"""The same beside a single word: others may use that word in another trade."""

SAME_SOUND: Final = 0.9
HOPELESS: Final = 0.4
"""Words less alike than this do not sound the same either."""

LEAST_ALIKE: Final = 0.7
"""Words less alike are two different words, not one misspelled."""

LEAST_WORDS: Final = 2
MOST_WORDS: Final = 24
"""Each word is compared with each: more would cost a millisecond a name."""

SHORT: Final = 2


def similarity(left: Name, right: Name) -> float:
    """Return how alike two names are, 0 to 100.

    Each word is paired with the one most like it. What counts is the share of letters in pairs,
    times how alike the pairs are; a line of trade hardly does. Where a word is left alone, names
    without their spaces may be more alike.

    >>> from scorers.lists.names import names_in
    >>> left, right, other = (names_in(text)[0] for text in ("Anna Muster", "Muster, Ana", "Anna"))
    >>> round(similarity(left, right)), round(similarity(left, other))
    (95, 57)
    """
    if left.compact == right.compact or sorted(left.words) == sorted(right.words):
        return 100.0
    paired, alone = _aligned(left.words[:MOST_WORDS], right.words[:MOST_WORDS])
    return max(paired, fuzz.ratio(left.compact, right.compact) if alone else 0.0)


def _aligned(left: Reading, right: Reading) -> tuple[float, bool]:
    """Return how alike the paired words are, 0 to 100, and whether a word was left alone."""
    pairs = _pairs(left, right)
    few, many = sorted((_of_weight(left), _of_weight(right)))
    if len(pairs) < min(LEAST_WORDS, many):
        return 0.0, True
    trade = TRADE if few >= LEAST_WORDS else TRADE_OF_ONE
    lefts, rights = ([_weight(word, trade) for word in words] for words in (left, right))
    agreed = sum((lefts[i] + rights[j]) * alike for i, j, alike in pairs)
    return 100 * agreed / sum(lefts + rights), len(left) + len(right) > 2 * len(pairs)


def _pairs(left: Reading, right: Reading) -> list[tuple[int, int, float]]:
    """Return places of words that belong together, the most alike first, each word once."""
    every = [
        (alike, i, j)
        for i, a in enumerate(left)
        for j, b in enumerate(right)
        if (alike := 1.0 if a == b else _alike(a, b)) >= LEAST_ALIKE
    ]
    every.sort(key=lambda pair: (-pair[0], pair[1:]))
    pairs: list[tuple[int, int, float]] = []
    lefts, rights = set(), set()
    for alike, i, j in every:
        if i not in lefts and j not in rights:
            lefts.add(i)
            rights.add(j)
            pairs.append((i, j, alike))
    return pairs


def _alike(left: str, right: str) -> float:
    ratio = fuzz.ratio(left, right) / 100
    if HOPELESS < ratio < SAME_SOUND and (sound := skeleton(left)) and sound == skeleton(right):
        return SAME_SOUND
    return ratio


def _of_weight(words: Reading) -> int:
    return sum(word not in TRADES and len(word) > SHORT for word in words)


def _weight(word: str, trade: float) -> float:
    return trade if word in TRADES else float(len(word))
