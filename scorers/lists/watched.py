"""Listed names, found among the names of parties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from scorers.features.declared import DeclaredTable
from scorers.lists.candidates import MAX_CANDIDATES, CandidateIndex
from scorers.lists.comparing import similarity
from scorers.lists.entries import Entry
from scorers.lists.matches import Match, places_of
from scorers.lists.names import Name, names_in
from scorers.lists.parties import roles_of

_MEMO: Final = 20_000
_REPEATING: Final = "consignor"
"""Shippers come again within minutes, receivers hardly ever: those are not worth remembering."""


class FoundName(NamedTuple):
    """An entry found, and how alike the name is, 0 to 100."""

    entry: int
    similarity: float


Found = Mapping[str, tuple[FoundName, ...]]


class NameIndex:
    """Finds listed names whatever the order, spelling, script or spacing of their words.

    >>> entry = Entry(list="w", kind="watch", subject="name", value="Golden Sunrise Trading Ltd")
    >>> index = NameIndex([(7, entry)])
    >>> index.find(["Trading Golden Sunrize GmbH", "Golden Gate Trading"])
    {'Trading Golden Sunrize GmbH': (FoundName(entry=7, similarity=92.9),)}
    """

    def __init__(self, entries: Iterable[tuple[int, Entry]], memo: int = _MEMO) -> None:
        listed = [
            (place, entry, name) for place, entry in entries for name in names_in(entry.value)
        ]
        self._listed = [(place, entry.threshold, name) for place, entry, name in listed]
        self._candidates = CandidateIndex(
            (at, spelling)
            for at, (_, entry, name) in enumerate(listed)
            for spelling in (" ".join(name.words), entry.value)
        )
        self._memo: dict[str, tuple[FoundName, ...]] = {}
        self._clean: set[str] = set()
        self._limit = memo
        self.cut = 0
        """Names so far that have too many words, or could be too many listed ones, for a full
        search."""

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed names of a batch's parties."""
        columns = [(role, role.column("name")) for role in roles_of(table)]
        new = (names for role, names in columns if role.name != _REPEATING)
        repeating = (names for role, names in columns if role.name == _REPEATING)
        found = self.find(chain.from_iterable(new), chain.from_iterable(repeating))
        if not found:
            return
        for role, names in columns:
            for at in places_of(names, found):
                for entry, alike in found[names[at]]:
                    yield Match(int(role.rows[at]), entry, f"{role.name}.name", alike)

    def find(self, names: Iterable[str], repeating: Iterable[str] = ()) -> Found:
        """Return what is found for each name that is like a listed one.

        Of those that are `repeating` it is remembered that nothing was found.
        """
        again = sorted(set(repeating).difference(self._clean))
        candidates = self._candidates.of([*names, *again])
        self.cut += candidates.cut
        looked_at = {name: self._look(name, places) for name, places in candidates.places.items()}
        found = {name: several for name, several in looked_at.items() if several}
        if len(self._clean) > self._limit:
            self._clean.clear()
        self._clean.update(name for name in again if name not in found)
        return found

    def _look(self, name: str, places: Sequence[int]) -> tuple[FoundName, ...]:
        if name not in self._memo:
            if len(self._memo) >= self._limit:
                self._memo.clear()
            self.cut += len(places) > MAX_CANDIDATES
            self._memo[name] = self._compared(name, places[:MAX_CANDIDATES])
        return self._memo[name]

    def _compared(self, text: str, places: Sequence[int]) -> tuple[FoundName, ...]:
        best: dict[int, float] = {}
        for name in names_in(text):
            for place in places:
                self._compare(name, place, best)
        return tuple(FoundName(entry, round(best[entry], 1)) for entry in sorted(best))

    def _compare(self, name: Name, place: int, best: dict[int, float]) -> None:
        entry, threshold, listed = self._listed[place]
        alike = similarity(name, listed)
        if alike >= max(threshold, best.get(entry, 0.0)):
            best[entry] = alike
