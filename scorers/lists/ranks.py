"""What words are to a name: initials and legal forms, lines of trade, or words of weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from scorers.lists.hashindex import HashSet
from scorers.lists.legal import CONNECTIVES, LEGAL_FORMS, TITLES, TRADES
from scorers.lists.wordhashes import Flags, Words, words_of


class Ranks(NamedTuple):
    """Which words are neither initials nor legal forms, and which of those have weight."""

    kept: Flags
    weighty: Flags


def _hashed(words: Iterable[str]) -> HashSet:
    return HashSet(words_of("\0".join(words).encode()).exact)


_LEGAL: Final = _hashed(LEGAL_FORMS | TITLES | CONNECTIVES)
_TRADES: Final = _hashed(TRADES)


def ranks_of(words: Words) -> Ranks:
    """Return what each word is to its name.

    >>> ranks_of(words_of(b"sunrise trading ltd")).weighty.tolist()
    [True, False, False]
    """
    kept = (words.length > 1) & ~_LEGAL.having(words.exact)
    return Ranks(kept, kept & ~_TRADES.having(words.exact))
