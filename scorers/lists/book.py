"""All lists in force as one: compiled once, immutable, and asked a batch at a time."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec
import numpy as np

from scorers.features.batch import Floats
from scorers.features.declared import DeclaredTable, TextPart
from scorers.lists.addresses import AddressIndex
from scorers.lists.entries import HOLDING, KINDS, MAX_SCORE, Entry, Subject
from scorers.lists.goods import HeadingIndex
from scorers.lists.hits import MAX_HITS, ListHit, ListHits, hit_of
from scorers.lists.identifiers import IdentifierIndex
from scorers.lists.matches import EntryIndex, Match
from scorers.lists.texts import TextIndex
from scorers.lists.watched import NameIndex

_Placed = Sequence[tuple[int, Entry]]

_INDEXES: Final[dict[Subject, Callable[[_Placed], EntryIndex]]] = {
    "name": NameIndex,
    "address": AddressIndex,
    "hs": HeadingIndex,
    "text": TextIndex,
}
"""How a subject is found; all others are identifiers."""

_MATCHING: Final = 2
"""Name of how entries are compared: another one is another version of every book."""

_DIGEST: Final = 8
_MEMO: Final = 20_000
_RANK: Final = {kind: rank for rank, kind in enumerate(KINDS)}


class ListBook:
    """The entries of all lists, ready to be found. `version` is a digest of all that they say.

    Entries come into force and lapse by a time that stands in the log, so a replay finds the same.
    What is remembered between batches changes the speed, never the answer.

    >>> from schemas.manifest import EXAMPLE
    >>> from schemas.codec import decode_manifest
    >>> book = ListBook([Entry(list="w", kind="watch", subject="seller", value="seller-7")])
    >>> hits = book.match(DeclaredTable([decode_manifest(EXAMPLE)]))
    >>> hits.hold.tolist(), [hit.reason_code for hit in hits.of(0)]
    ([True], ['WATCH-LIST'])
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(entries)
        self.version = _version(self.entries)
        groups: dict[Callable[[_Placed], EntryIndex], list[tuple[int, Entry]]] = {}
        for placed in enumerate(self.entries):
            index = _INDEXES.get(placed[1].subject, IdentifierIndex)
            groups.setdefault(index, []).append(placed)
        self._spans = [_span(entry) for entry in self.entries]
        self._memo: dict[tuple[int, str, float], ListHit] = {}
        self._indexes = tuple(index(some) for index, some in groups.items())
        self._of_names = [index for index in self._indexes if isinstance(index, NameIndex)]

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: hashed with others beforehand they cost less."""
        return [part for index in self._indexes for part in index.texts]

    def match(self, table: DeclaredTable, times: Floats | None = None) -> ListHits:
        """Return what the lists say of a batch.

        `times`, in Unix seconds, decide what is in force: when the log received the manifests,
        which no sender can state. Without any it is when they were submitted, as they say.
        """
        before = self._cut()
        found = self._strongest(self._in_force(table, times))
        count = len(table)
        hold, allow = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        adjustment, severity = np.zeros(count), np.zeros(count)
        told: list[Match] = []
        for match in found:
            entry = self.entries[match.entry]
            hold[match.parcel] |= entry.kind in HOLDING
            allow[match.parcel] |= entry.kind == "allow"
            adjustment[match.parcel] += entry.score
            severity[match.parcel] = max(severity[match.parcel], entry.severity)
            if len(told) < MAX_HITS or told[-MAX_HITS].parcel != match.parcel:
                told.append(match)
        return ListHits(
            hold,
            allow & ~hold,
            adjustment.clip(-MAX_SCORE, MAX_SCORE),
            severity,
            np.array([match.parcel for match in told], dtype=np.int64),
            tuple(map(self._told, told)),
            self._cut() - before,
        )

    def _told(self, match: Match) -> ListHit:
        """Return a match in words; the same ones come again."""
        key = (match.entry, match.source, match.similarity)
        if key not in self._memo:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            self._memo[key] = hit_of(self.entries[match.entry], match.source, match.similarity)
        return self._memo[key]

    def _cut(self) -> int:
        return sum(index.cut for index in self._of_names)

    def _in_force(self, table: DeclaredTable, times: Floats | None) -> Iterator[Match]:
        seconds = table.numbers("submitted_at") if times is None else times
        for index in self._indexes:
            for match in index.matches(table):
                since, until = self._spans[match.entry]
                if since <= seconds[match.parcel] < until:
                    yield match

    def _strongest(self, matches: Iterable[Match]) -> list[Match]:
        """Return each entry once a parcel, by parcel, the weightiest first."""
        best: dict[tuple[int, int], Match] = {}
        for match in matches:
            former = best.setdefault((match.parcel, match.entry), match)
            if match.similarity > former.similarity:
                best[match.parcel, match.entry] = match
        return sorted(best.values(), key=self._order)

    def _order(self, match: Match) -> tuple[int, int, float, int]:
        rank = _RANK[self.entries[match.entry].kind]
        return match.parcel, rank, -match.similarity, match.entry


def _span(entry: Entry) -> tuple[float, float]:
    """Return from when an entry is in force, and from when no more, in Unix seconds."""
    since, until = entry.valid_from, entry.valid_to
    return (
        -math.inf if since is None else since.timestamp(),
        math.inf if until is None else until.timestamp(),
    )


def _version(entries: Sequence[Entry]) -> str:
    encoded = msgspec.json.encode([_MATCHING, entries], order="deterministic")
    return f"lists-{hashlib.sha256(encoded).hexdigest()[:_DIGEST]}"
