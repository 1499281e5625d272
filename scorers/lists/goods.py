"""Listed headings of goods: codes of the Harmonized System by their first digits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from scorers.features.declared import DeclaredTable
from scorers.lists.entries import Entry
from scorers.lists.matches import Match
from scorers.memo import TextMemo

_SOURCE: Final = "items.hs_code"


class HeadingIndex:
    """Finds items whose code begins with a listed one."""

    def __init__(self, entries: Iterable[tuple[int, Entry]]) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, entry in entries:
            self._places[entry.value].append(place)
        self._sizes = sorted(set(map(len, self._places)))
        # Codes repeat: what begins with a listed one is asked once for each.
        self._listed = TextMemo(lambda code: any(self._beginnings(code)))

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed headings of a batch."""
        codes = table.column(_SOURCE)
        for item in self._listed.flags(codes).nonzero()[0].tolist():
            parcel = int(table.item_owners[item])
            for beginning in self._beginnings(codes[item]):
                for place in self._places[beginning]:
                    yield Match(parcel, place, _SOURCE)

    def _beginnings(self, code: str) -> Iterator[str]:
        """Yield the listed beginnings of a code."""
        for size in self._sizes:
            if len(code) >= size and code[:size] in self._places:
                yield code[:size]
