"""Listed names, found among the names of parties."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.texts import Texts, text_at, texts_of
from scorers.lists.candidates import MAX_CANDIDATES, CandidateIndex, ListedName
from scorers.lists.comparing import similarity
from scorers.lists.entries import Entry
from scorers.lists.matches import Match
from scorers.lists.names import Name, names_in
from scorers.lists.parties import REPEATING, Role, roles_of
from scorers.seentexts import SeenTexts

_MEMO: Final = 20_000


class FoundName(NamedTuple):
    """An entry found, and how alike the name is, 0 to 100."""

    entry: int
    similarity: float


FoundNames = tuple[FoundName, ...]


class _Column(NamedTuple):
    """Names of a role: those to be looked for; where they repeat, the number of each row's."""

    role: Role
    asked: Texts
    numbers: Integers | None = None
    firsts: Integers | None = None
    """Where those to be looked for stand."""


class NameIndex:
    """Finds listed names whatever the order, spelling, script or spacing of their words.

    >>> entry = Entry(list="w", kind="watch", subject="name", value="Golden Sunrise Trading Ltd")
    >>> index = NameIndex([(7, entry)])
    >>> index.find(["Trading Golden Sunrize GmbH", "Golden Gate Trading"])
    {'Trading Golden Sunrize GmbH': (FoundName(entry=7, similarity=92.9),)}
    """

    def __init__(self, entries: Iterable[tuple[int, Entry]], memo: int = _MEMO) -> None:
        self._listed = [
            ListedName(place, entry.value, entry.threshold, name)
            for place, entry in entries
            for name in names_in(entry.value)
        ]
        self._candidates = CandidateIndex(self._listed)
        self._memo: dict[str, FoundNames] = {}
        self._seen = SeenTexts(memo)
        self._listed_by_number: dict[int, FoundNames] = {}
        self._limit = memo
        self.cut = 0
        """Names so far that have too many words, or could be too many listed ones, for a full
        search."""

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: names of shippers, which come again."""
        return [(f"{role}.name", 0) for role in REPEATING]

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed names of a batch's parties."""
        columns = [self._column(role) for role in roles_of(table)]
        found = self._found([column.asked for column in columns])
        start = 0
        of_columns = []
        for column in columns:
            count = len(column.asked.sizes)
            here = {at - start: some for at, some in found.items() if 0 <= at - start < count}
            of_columns.append(self._of_rows(column, here))
            start += count
        for column, some in zip(columns, of_columns, strict=True):
            for row, several in some:
                yield from _matches(column.role, row, several)

    def _column(self, role: Role) -> _Column:
        """Return the names of a role, of those that repeat only new ones to be looked for."""
        names = role.texts("name")
        if role.name not in REPEATING:
            return _Column(role, names)
        firsts, numbers = self._seen.number(names, role.hashes("name"))
        return _Column(role, names.part(firsts), numbers, firsts)

    def _of_rows(
        self, column: _Column, found: Mapping[int, FoundNames]
    ) -> Iterable[tuple[int, FoundNames]]:
        """Return what is found for the rows of a role, by what is found for its asked names."""
        if column.numbers is None or column.firsts is None:
            return found.items()
        known, marks = self._listed_by_number, self._seen.marks
        for at, several in found.items():
            number = int(column.numbers[column.firsts[at]])
            known[number], marks[number] = several, True
        self._seen.settle()
        rows = np.flatnonzero(marks[column.numbers])
        return [(int(row), known[int(column.numbers[row])]) for row in rows]

    def find(self, names: Sequence[str]) -> dict[str, FoundNames]:
        """Return what is found for each name that is like a listed one."""
        return {names[at]: several for at, several in self._found([texts_of(names)]).items()}

    def _found(self, columns: Sequence[Texts]) -> dict[int, FoundNames]:
        """Return what is found for each name that is like a listed one; they are numbered through
        all columns."""
        candidates = self._candidates.of(columns)
        self.cut += candidates.cut
        starts = np.cumsum([0, *(len(names.sizes) for names in columns)]).tolist()
        found = {}
        for number, places in candidates.places.items():
            column = bisect_right(starts, number) - 1
            name = text_at(columns[column], number - starts[column])
            found[number] = self._look(name, places)
        return {number: several for number, several in found.items() if several}

    def _look(self, name: str, places: Sequence[int]) -> FoundNames:
        if name not in self._memo:
            if len(self._memo) >= self._limit:
                self._memo.clear()
            self.cut += len(places) > MAX_CANDIDATES
            self._memo[name] = self._alike(name, places[:MAX_CANDIDATES])
        return self._memo[name]

    def _alike(self, text: str, places: Sequence[int]) -> FoundNames:
        best: dict[int, float] = {}
        for name in names_in(text):
            for place in places:
                self._compare(name, place, best)
        return tuple(FoundName(entry, round(best[entry], 1)) for entry in sorted(best))

    def _compare(self, name: Name, place: int, best: dict[int, float]) -> None:
        listed = self._listed[place]
        alike = similarity(name, listed.name)
        if alike >= max(listed.threshold, best.get(listed.entry, 0.0)):
            best[listed.entry] = alike


def _matches(role: Role, at: int, found: FoundNames) -> Iterator[Match]:
    """Yield what is found for the party at a place of its role."""
    parcel = int(role.rows[at])
    for entry, alike in found:
        yield Match(parcel, entry, f"{role.name}.name", alike)
