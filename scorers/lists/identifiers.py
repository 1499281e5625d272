"""Listed identifiers and codes, found as they are declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes, hash_column
from scorers.lists.entries import Entry, Subject
from scorers.lists.hashindex import HashIndex
from scorers.lists.matches import Match
from scorers.lists.parties import roles_of

COLUMNS: Final[dict[Subject, str]] = {
    "ioss": "ioss",
    "eori": "eori",
    "seller": "seller_id",
    "platform": "platform_id",
    "order": "order_id",
    "declarant": "declarant_id",
}
"""Column of a manifest that a subject is about."""

_MOST: Final = 64
"""Entries of one value that count: lists that hold the same."""


class _Values:
    """Entries of one subject by the hash of their value."""

    def __init__(self, entries: Sequence[tuple[int, Entry]]) -> None:
        self._value_of = {place: entry.value for place, entry in entries}
        hashes = hash_column([entry.value for _, entry in entries])
        self._index = HashIndex(hashes, np.array([place for place, _ in entries]), _MOST)

    def find(self, hashes: Hashes, column: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield row and entry of the values in a column that are listed."""
        asked, places = self._index.find(hashes)
        for row, place in zip(asked.tolist(), places.tolist(), strict=True):
            # Two texts may share a hash.
            if column[row] == self._value_of[place]:
                yield row, place


class IdentifierIndex:
    """Finds identifiers of parcels and of their parties."""

    def __init__(self, entries: Iterable[tuple[int, Entry]]) -> None:
        by_subject: dict[Subject, list[tuple[int, Entry]]] = {}
        for place, entry in entries:
            by_subject.setdefault(entry.subject, []).append((place, entry))
        parties = by_subject.pop("party", [])
        self._parties = _Values(parties) if parties else None
        self._columns = {COLUMNS[subject]: _Values(some) for subject, some in by_subject.items()}

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed identifiers of a batch."""
        table.hash_texts((source, 0) for source in self._columns)
        for source, values in self._columns.items():
            for row, place in values.find(table.hashes(source), table.column(source)):
                yield Match(row, place, source)
        if self._parties is not None:
            yield from self._party_matches(table, self._parties)

    def _party_matches(self, table: DeclaredTable, values: _Values) -> Iterator[Match]:
        table.hash_texts([("consignor.id", 0), ("consignee.id", 0)])
        for role in roles_of(table):
            for row, place in values.find(role.hashes("id"), role.column("id")):
                yield Match(int(role.rows[row]), place, f"{role.name}.id")
