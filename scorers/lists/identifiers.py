"""Listed identifiers and codes, found as they are declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from scorers.features.declared import DeclaredTable, TextPart
from scorers.lists.entries import Entry, Subject
from scorers.lists.matches import Match
from scorers.lists.parties import MANDATORY, Parties
from scorers.lists.values import ListedValues

COLUMNS: Final[dict[Subject, str]] = {
    "ioss": "ioss",
    "eori": "eori",
    "seller": "seller_id",
    "platform": "platform_id",
    "order": "order_id",
    "declarant": "declarant_id",
}
"""Column of a manifest that a subject is about."""


class IdentifierIndex:
    """Finds identifiers of parcels and of their parties."""

    def __init__(self, entries: Iterable[tuple[int, Entry]]) -> None:
        by_subject: dict[Subject, list[tuple[int, Entry]]] = {}
        for place, entry in entries:
            by_subject.setdefault(entry.subject, []).append((place, entry))
        parties = by_subject.pop("party", [])
        self._parties = ListedValues(parties) if parties else None
        self._columns = {
            COLUMNS[subject]: ListedValues(some) for subject, some in by_subject.items()
        }

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash."""
        parties = [f"{role}.id" for role in MANDATORY] if self._parties else []
        return [(source, 0) for source in (*self._columns, *parties)]

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed identifiers of a batch."""
        for source, values in self._columns.items():
            for row, place in values.find(table.hashes(source), table.texts(source)):
                yield Match(row, place, source)
        if self._parties is None:
            return
        parties = Parties(table)
        for at, place in self._parties.find(parties.hashes("id"), parties.texts("id")):
            yield parties.match(at, place, "id")
