"""Listed names, found among the names of parties."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import Final, NamedTuple

from scorers.features.declared import DeclaredTable, TextPart
from scorers.lists.candidates import MAX_CANDIDATES, CandidateIndex
from scorers.lists.comparing import similarity
from scorers.lists.entries import Entry
from scorers.lists.matches import Match, places_of
from scorers.lists.names import Name, names_in
from scorers.lists.parties import Role, roles_of

_MEMO: Final = 20_000


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
        listed = [
            (place, entry, name) for place, entry in entries for name in names_in(entry.value)
        ]
        self._listed = [(place, entry.threshold, name) for place, entry, name in listed]
        self._candidates = CandidateIndex(
            (at, spelling)
            for at, (_, entry, name) in enumerate(listed)
            for spelling in (" ".join(name.words), entry.value)
        )
        self._memo: dict[str, FoundNames] = {}
        self._remembered: dict[str, FoundNames] = {}
        self._found_before: set[str] = set()
        self._limit = memo
        self.cut = 0
        """Names so far that have too many words, or could be too many listed ones, for a full
        search."""

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: none."""
        return []

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed names of a batch's parties."""
        shipper, *others = roles_of(table)
        shippers = shipper.column("name")
        names = list(chain.from_iterable(role.column("name") for role in others))
        starts = [0, *accumulate(len(role.rows) for role in others)]
        found, again = self._search(names, shippers)
        for at in places_of(shippers, again) if again else ():
            yield from _matches(shipper, at, again[shippers[at]])
        for at, several in found.items():
            which = bisect_right(starts, at) - 1
            yield from _matches(others[which], at - starts[which], several)

    def find(self, names: Iterable[str], repeating: Sequence[str] = ()) -> Mapping[str, FoundNames]:
        """Return what is found for each name that is like a listed one.

        Of those that are `repeating` it is remembered.
        """
        every = list(dict.fromkeys(names))
        found, again = self._search(every, repeating)
        return {every[at]: several for at, several in found.items()} | again

    def _search(
        self, names: Sequence[str], repeating: Sequence[str]
    ) -> tuple[dict[int, FoundNames], dict[str, FoundNames]]:
        """Return what is found by the place of a name, and for those that are repeating by name."""
        known = self._remembered
        new: list[str] = []
        if not all(map(known.__contains__, repeating)):
            if len(known) > self._limit:
                known.clear()
                self._found_before.clear()
            new = sorted(set(repeating).difference(known))
        found = self._compared([*names, *new])
        for at, name in enumerate(new, len(names)):
            known[name] = found.pop(at, ())
            if known[name]:
                self._found_before.add(name)
        again = self._found_before.intersection(repeating) if self._found_before else ()
        return found, {name: known[name] for name in again}

    def _compared(self, names: Sequence[str]) -> dict[int, FoundNames]:
        """Return what is found for each name that is like a listed one, by its place."""
        candidates = self._candidates.of(names)
        self.cut += candidates.cut
        looked_at = {at: self._look(names[at], some) for at, some in candidates.places.items()}
        return {at: found for at, found in looked_at.items() if found}

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
        entry, threshold, listed = self._listed[place]
        alike = similarity(name, listed)
        if alike >= max(threshold, best.get(entry, 0.0)):
            best[entry] = alike


def _matches(role: Role, at: int, found: FoundNames) -> Iterator[Match]:
    """Yield what is found for the party at a place of its role."""
    parcel = int(role.rows[at])
    for entry, alike in found:
        yield Match(parcel, entry, f"{role.name}.name", alike)
