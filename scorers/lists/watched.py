"""Listed names, found among the names of parties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.texts import Texts, text_at, texts_of
from scorers.lists.candidates import MAX_CANDIDATES, CandidateIndex, ListedName
from scorers.lists.comparing import similarity
from scorers.lists.entries import Entry
from scorers.lists.matches import Match
from scorers.lists.names import Name, names_in
from scorers.lists.parties import Parties
from scorers.seentexts import SeenTexts

_MEMO: Final = 20_000
_SHIPPER: Final = "consignor.name"


class FoundName(NamedTuple):
    """An entry found, and how alike the name is, 0 to 100."""

    entry: int
    similarity: float


FoundNames = tuple[FoundName, ...]


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
        return [(_SHIPPER, 0)]

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed names of a batch's parties."""
        parties = Parties(table)
        names = parties.texts("name")
        # Of shippers, who come first, only new ones are looked for.
        firsts, numbers = self._seen.number(table.texts(_SHIPPER), table.hashes(_SHIPPER))
        asked = np.concatenate([firsts, np.arange(len(numbers), len(parties))])
        found = {int(asked[at]): some for at, some in self._found(names.part(asked)).items()}
        known, marks = self._listed_by_number, self._seen.marks
        for at, several in found.items():
            if at < len(numbers):
                known[int(numbers[at])], marks[numbers[at]] = several, True
        self._seen.settle()
        (again,) = marks[numbers].nonzero()
        found |= {at: known[int(numbers[at])] for at in again.tolist()}
        # In the order of roles: of two that are as alike the first one is told.
        for at in sorted(found):
            for entry, alike in found[at]:
                yield parties.match(at, entry, "name", alike)

    def find(self, names: Sequence[str]) -> dict[str, FoundNames]:
        """Return what is found for each name that is like a listed one."""
        return {names[at]: several for at, several in self._found(texts_of(names)).items()}

    def _found(self, names: Texts) -> dict[int, FoundNames]:
        """Return what is found for each name that is like a listed one."""
        candidates = self._candidates.of(names)
        self.cut += candidates.cut
        looked = {
            at: self._look(text_at(names, at), some) for at, some in candidates.places.items()
        }
        return {at: several for at, several in looked.items() if several}

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
