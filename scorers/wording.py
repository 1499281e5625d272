"""What the words of a goods description give away."""

from __future__ import annotations

from enum import IntFlag
from typing import Final

from schemas.stopwords import STOP_WORDS
from scorers.features.declared import Table
from scorers.features.text import Descriptions, WordMemo, all_words
from scorers.numbering import numbered

_BATTERY_WORDS: Final = frozenset({"battery", "batteries", "lithium", "powerbank", "accumulator"})
_STOP_PHRASES: Final = tuple(f" {phrase} " for phrase in STOP_WORDS if " " in phrase)
_SHORTEST: Final = 3


class Wording(IntFlag):
    """What is odd about a description."""

    VAGUE = 1
    STOP_WORD = 2
    BATTERY = 4


def wording_of(description: str) -> Wording:
    """Return all that is odd about a description.

    >>> wording_of("lithium battery")
    <Wording.STOP_WORD|BATTERY: 6>
    """
    # All words: an odd one counts wherever a description of up to 512 characters has it.
    found = all_words(description)
    distinct = " ".join(dict.fromkeys(found))
    spaced = f" {' '.join(found)} "
    wording = Wording(0)
    if len(distinct) < _SHORTEST or distinct in STOP_WORDS:
        wording |= Wording.VAGUE
    if not STOP_WORDS.isdisjoint(found) or any(phrase in spaced for phrase in _STOP_PHRASES):
        wording |= Wording.STOP_WORD
    if not _BATTERY_WORDS.isdisjoint(found):
        wording |= Wording.BATTERY
    return wording


_MEMO: Final = WordMemo(judge=wording_of)


def descriptions_of(table: Table, source: str) -> Descriptions:
    """Return the words of a column of descriptions, each with its wording."""
    return table.computed(f"words:{source}", lambda: _MEMO.of(numbered(table, source)))
