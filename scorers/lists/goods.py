"""Listed headings of goods: codes of the Harmonized System by their first digits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from scorers.features.declared import DeclaredTable, TextPart
from scorers.lists.entries import Entry
from scorers.lists.matches import Match
from scorers.lists.values import ListedValues

_SOURCE: Final = "items.hs_code"


class HeadingIndex:
    """Finds items whose code begins with a listed one."""

    def __init__(self, entries: Iterable[tuple[int, Entry]]) -> None:
        by_size: dict[int, list[tuple[int, Entry]]] = defaultdict(list)
        for place, entry in entries:
            by_size[len(entry.value)].append((place, entry))
        self._by_size = {size: ListedValues(some) for size, some in by_size.items()}

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash."""
        return [(_SOURCE, size) for size in self._by_size]

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed headings of a batch."""
        codes = table.texts(_SOURCE)
        for size, values in self._by_size.items():
            for item, place in values.find(table.hashes(_SOURCE, size), codes, size):
                yield Match(int(table.item_owners[item]), place, _SOURCE)
