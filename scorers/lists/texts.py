"""Listed words and phrases, found in descriptions of goods."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.text import all_words
from scorers.lists.entries import Entry
from scorers.lists.folding import readings
from scorers.lists.matches import Match
from scorers.numbering import Answers, numbered

_SOURCE: Final = "items.description"
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese letters: words do not end at a space."""


class TextIndex:
    """Finds phrases as whole words, and descriptions that are nothing but a stop word.

    A phrase with a final `*` also finds longer last words. Letters that look like Latin ones
    count as those.
    """

    def __init__(self, entries: Iterable[tuple[int, Entry]]) -> None:
        self._stop: dict[str, list[int]] = defaultdict(list)
        by_pattern: dict[str, list[int]] = defaultdict(list)
        for place, entry in entries:
            if entry.kind == "stop":
                self._stop[_distinct(all_words(entry.value))].append(place)
            else:
                by_pattern[_pattern(entry.value)].append(place)
        self._places = list(by_pattern.values())
        self._matcher = AhoCorasick(by_pattern, implementation=Implementation.ContiguousNFA)
        self._found = Answers[tuple[int, ...]](self._find, nothing=())

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: none."""
        return []

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed phrases of a batch."""
        found = self._found.of(numbered(table, _SOURCE))
        items = found.nonzero()[0]
        parcels = table.item_owners[items].tolist()
        for parcel, code in zip(parcels, found[items].tolist(), strict=True):
            for place in self._found.known[code]:
                yield Match(parcel, place, _SOURCE)

    def _find(self, text: str) -> tuple[int, ...]:
        found: set[int] = set()
        for words in readings(text):
            found.update(self._stop.get(_distinct(words), ()))
            spaced = f" {' '.join(words)} "
            hits = self._matcher.find_matches_as_indexes(spaced, overlapping=True)
            for pattern, _, _ in hits:
                found.update(self._places[pattern])
        return tuple(sorted(found))


def _distinct(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(words))


def _pattern(value: str) -> str:
    """Return a phrase with spaces at its ends, where words end at spaces."""
    phrase = " ".join(all_words(value.removesuffix("*")))
    before = "" if _UNSPACED.match(phrase[0]) else " "
    after = "" if value.endswith("*") or _UNSPACED.match(phrase[-1]) else " "
    return f"{before}{phrase}{after}"
