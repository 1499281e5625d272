"""Columns of wordings: what was found in a text is remembered, for wordings repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from scorers.features.declared import DeclaredTable
from scorers.quality import Flags
from scorers.rules.columns import Column, Members
from scorers.rules.conditions import Contains, Test
from scorers.rules.tokens import tokens

_REMEMBERED: Final = 100_000


class WordColumn(Column):
    """Texts that are looked through for words, each once until `limit` texts are remembered."""

    def __init__(self, source: str, tests: Sequence[Test], limit: int = _REMEMBERED) -> None:
        super().__init__(source, tests)
        self._limit = limit
        self._phrases = _Phrases(tests)
        self._memo = _Memo(self._phrases)

    def fill(self, table: DeclaredTable, out: Flags) -> None:
        """Set which texts have the words of which tests."""
        if len(self._memo) > self._limit:
            self._memo = _Memo(self._phrases)
        texts = table.column(self.source)
        codes = np.fromiter(map(self._memo.__getitem__, texts), np.int64, len(texts))
        at = np.flatnonzero(codes)
        self._memo.sets.mark(at, codes[at], out)


class _Phrases:
    """Phrases of all tests by their first word."""

    def __init__(self, tests: Sequence[Test]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for place, test in enumerate(tests):
            for phrase in test.phrases if isinstance(test, Contains) else ():
                self._by_first[phrase[0]].append((phrase, place))

    def found(self, text: str) -> Iterator[int]:
        """Yield the places of the tests whose words `text` has."""
        said = tokens(text)
        for position, token in enumerate(said):
            for phrase, place in self._by_first.get(token, ()):
                if said[position : position + len(phrase)] == phrase:
                    yield place


class _Memo(dict[str, int]):
    """By text, the number of the set of tests that it satisfies; 0 is the empty set."""

    def __init__(self, phrases: _Phrases) -> None:
        super().__init__()
        self._phrases = phrases
        self._sets: dict[frozenset[int], int] = {frozenset(): 0}
        self._members = Members(())
        self._compiled = 0

    def __missing__(self, text: str) -> int:
        found = frozenset(self._phrases.found(text))
        code = self[text] = self._sets.setdefault(found, len(self._sets))
        return code

    @property
    def sets(self) -> Members:
        """The tests of each set, by its number."""
        if self._compiled < len(self._sets):
            self._members = Members([sorted(found) for found in self._sets])
            self._compiled = len(self._sets)
        return self._members
