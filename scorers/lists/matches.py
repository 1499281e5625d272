"""What an index of entries finds in a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from scorers.features.declared import DeclaredTable, TextPart


class Match(NamedTuple):
    """An entry (its place in the book) found in a parcel: in which column, how alike in percent."""

    parcel: int
    entry: int
    source: str
    similarity: float = 100.0


class EntryIndex(Protocol):
    """Entries of some subjects, ready to be found in columns."""

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: to be hashed together with others."""

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield what is found in a batch, whether it is in force or not."""
