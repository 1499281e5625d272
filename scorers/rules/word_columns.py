"""Columns of wordings: what was found in a text is remembered, for wordings repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from scorers.features.declared import DeclaredTable
from scorers.numbering import Answers, numbered
from scorers.rules.columns import BitBytes, Columns, Members
from scorers.rules.conditions import Contains, Test
from scorers.rules.tokens import tokens


class WordColumn(Columns):
    """Texts of one source that are looked through for words, each once while it is remembered."""

    def __init__(self, tests: Sequence[Test]) -> None:
        super().__init__(tests)
        self._source = tests[0].source
        self._satisfied = Answers[tuple[int, ...]](_Phrases(tests).found, nothing=())
        self._members = Members(())
        self._sets: Sequence[Sequence[int]] = ()
        self._compiled = 0

    def fill(self, table: DeclaredTable, out: BitBytes) -> None:
        """Set which texts have the words of which tests."""
        sets = self._satisfied.of(numbered(table, self._source))
        self._compiled_sets().mark(sets, out)

    def _compiled_sets(self) -> Members:
        known = self._satisfied.known
        if known is not self._sets or len(known) > self._compiled:
            self._sets, self._compiled = known, len(known)
            self._members = Members(known)
        return self._members


class _Phrases:
    """Phrases of all tests by their first word."""

    def __init__(self, tests: Sequence[Test]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for place, test in enumerate(tests):
            for phrase in test.phrases if isinstance(test, Contains) else ():
                self._by_first[phrase[0]].append((phrase, place))

    def found(self, text: str) -> tuple[int, ...]:
        """Return the places of the tests whose words `text` has."""
        said = tokens(text)
        found = {
            place
            for position, token in enumerate(said)
            for phrase, place in self._by_first.get(token, ())
            if said[position : position + len(phrase)] == phrase
        }
        return tuple(sorted(found))
