"""Texts by number: a text that comes again is looked up once a batch, however many ask about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import Table
from scorers.features.hashing import Hashes
from scorers.features.texts import Texts
from scorers.textindex import TextIndex

Answer = TypeVar("Answer")

_LIMIT: Final = 100_000


class Numbered(NamedTuple):
    """A column of texts as places in `seen`, to which texts are added but never taken from."""

    numbers: Integers
    seen: Sequence[str]


class TextNumbers:
    """Numbers texts as they come; at `limit` it begins anew.

    >>> from scorers.features.texts import texts_of
    >>> from scorers.features.hashing import hashed
    >>> texts = texts_of(["mug", "cup", "mug"])
    >>> TextNumbers().of(texts, hashed(texts))
    Numbered(numbers=array([0, 1, 0]), seen=['mug', 'cup'])
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._clear()

    def of(self, texts: Texts, hashes: Hashes) -> Numbered:
        """Return the number of each text; `hashes` are theirs."""
        if len(self._seen) > self._limit:
            self._clear()
        numbers = self._index.numbers_of(texts, hashes)
        self._seen += self._index.texts_from(len(self._seen))
        return Numbered(numbers, self._seen)

    def _clear(self) -> None:
        self._index = TextIndex()
        self._seen: list[str] = []


class Answers(Generic[Answer]):
    """A function of a text, asked once for each text that is seen.

    Answers that differ are few: they have codes, 0 for `nothing`, which are places in `known`.

    >>> answers = Answers(str.isupper, nothing=False)
    >>> answers.of(Numbered(np.array([0, 1, 0]), ["mug", "CUP"])), answers.known
    (array([0, 1, 0]), [False, True])
    """

    def __init__(self, function: Callable[[str], Answer], nothing: Answer) -> None:
        self._function = function
        self._nothing = nothing
        self._begin(())

    def of(self, column: Numbered) -> Integers:
        """Return the code of the answer for each text of a column."""
        if column.seen is not self._seen:
            self._begin(column.seen)
        if self._asked < len(column.seen):
            self._ask(column.seen[self._asked :])
        return self._codes[column.numbers]

    def _begin(self, seen: Sequence[str]) -> None:
        self._seen = seen
        self._asked = 0
        self._codes: Integers = np.empty(0, dtype=np.int64)
        self._code_of = {self._nothing: 0}
        self.known = [self._nothing]

    def _ask(self, texts: Sequence[str]) -> None:
        end = self._asked + len(texts)
        if end > len(self._codes):
            more = np.empty(end, dtype=np.int64)
            self._codes = np.concatenate([self._codes, more])
        self._codes[self._asked : end] = [self._code(self._function(text)) for text in texts]
        self._asked = end

    def _code(self, answer: Answer) -> int:
        code = self._code_of.setdefault(answer, len(self.known))
        if code == len(self.known):
            self.known.append(answer)
        return code


_NUMBERS: Final[defaultdict[str, TextNumbers]] = defaultdict(TextNumbers)


def numbered(table: Table, source: str) -> Numbered:
    """Return a column of texts as numbers, looked up once a batch."""

    def number() -> Numbered:
        return _NUMBERS[source].of(table.texts(source), table.hashes(source))

    return table.computed(f"numbers:{source}", number)
