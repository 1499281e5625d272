"""What words are to a name: initials and legal forms, lines of trade, or words of weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from scorers.hashindex import HashSet
from scorers.lists.legal import CONNECTIVES, LEGAL_FORMS, TITLES
from scorers.lists.legal import TRADES as TRADE_WORDS
from scorers.lists.wordhashes import Flags, Words, words_of


class Ranks(NamedTuple):
    """Which words are neither initials nor legal forms, and which of those have weight."""

    kept: Flags
    weighty: Flags


def _hashed(words: Iterable[str]) -> HashSet:
    return HashSet(words_of("\0".join(words).encode()).exact)


LEGAL: Final = _hashed(LEGAL_FORMS | TITLES | CONNECTIVES)
TRADES: Final = _hashed(TRADE_WORDS)


def ranks_of(words: Words) -> Ranks:
    """Return what each word is to its name.

    >>> ranks_of(words_of(b"sunrise trading ltd")).weighty.tolist()
    [True, False, False]
    """
    kept = (words.length > 1) & ~LEGAL.having(words.exact)
    return Ranks(kept, kept & ~TRADES.having(words.exact))
