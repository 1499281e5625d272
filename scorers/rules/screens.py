"""Conditions of many rules on a batch: columns give leaves, leaves give the bits of every rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.rules.columns import BitBytes, Columns, NumberColumns, set_bit
from scorers.rules.conditions import Condition, Contains, SameItem, Test, leaves
from scorers.rules.fields import field_named
from scorers.rules.formulas import WORD, Bits, Formula
from scorers.rules.text_columns import TextColumns
from scorers.rules.word_columns import WordColumn

_BYTE: Final = 8


class Screen:
    """Conditions over the parcels of a table: which parcel satisfies which condition."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        found = list(dict.fromkeys(leaf for root in conditions for leaf in leaves(root)))
        tests = [leaf for leaf in found if not isinstance(leaf, SameItem)]
        of_items = [leaf for leaf in found if isinstance(leaf, SameItem)]
        self._parcels = _Level(conditions, tests, of_items)
        asked = [leaf.part for leaf in of_items]
        of_one = dict.fromkeys(leaf for part in asked for leaf in leaves(part))
        # What is asked of one item holds no SameItem of its own.
        self._items = _Level(asked, [leaf for leaf in of_one if not isinstance(leaf, SameItem)])

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are asked for by their hash."""
        return [*self._parcels.hashed, *self._items.hashed]

    def matches(self, table: DeclaredTable) -> tuple[Integers, Integers]:
        """Return condition and parcel of every match, ordered by condition, then by parcel."""
        bits, held = self._parcels.bits(table, len(table))
        if len(held):
            width = int(table.item_counts.sum())
            asked, _ = self._items.bits(table, width)
            found = _places(self._items.formula.bits(asked.view(np.uint64)), width)
            _gather(*found, table.item_owners, held)
        return _places(self._parcels.formula.bits(bits.view(np.uint64)), len(table))


class _Level:
    """What is asked of parcels, or of items: their tests by kind, and the formula over them."""

    def __init__(
        self, roots: Sequence[Condition], tests: Sequence[Test], others: Sequence[SameItem] = ()
    ) -> None:
        self._columns = _columns(tests)
        self.hashed = [part for columns in self._columns for part in columns.hashed]
        ordered = [test for columns in self._columns for test in columns.tests]
        self._counts = len(ordered), len(others)
        self.formula = Formula(roots, [*ordered, *others])

    def bits(self, table: DeclaredTable, width: int) -> tuple[BitBytes, BitBytes]:
        """Return a line of bits for each leaf, padded to whole words; and those lines among them,
        none of which is set, that are not of tests."""
        words = -(-width // WORD)
        bits = np.zeros((sum(self._counts), words * WORD // _BYTE), dtype=np.uint8)
        first = 0
        for columns in self._columns:
            end = first + len(columns.tests)
            columns.fill(table, bits[first:end])
            first = end
        return bits, bits[first:]


@compiled
def _gather(lines: Integers, items: Integers, owners: Integers, holders: BitBytes) -> None:
    """Set the bits of the parcels that items are of."""
    for at in range(len(lines)):
        set_bit(holders, lines[at], owners[items[at]])


def _columns(tests: Sequence[Test]) -> list[Columns]:
    groups: dict[tuple[type[Columns], str], list[Test]] = defaultdict(list)
    for test in tests:
        kind = _kind_of(test)
        groups[kind, test.source if kind is WordColumn else ""].append(test)
    return [kind(group) for (kind, _), group in groups.items()]


def _kind_of(test: Test) -> type[Columns]:
    field = field_named(test.source)
    if field is None:
        raise ValueError(f"Expected a field of a manifest, got {test.source!r}")
    if field.kind != "text":
        return NumberColumns
    return WordColumn if isinstance(test, Contains) else TextColumns


@compiled
def _places(bits: Bits, width: int) -> tuple[Integers, Integers]:
    """Return line and place of every bit that is set, up to `width`, line by line."""
    octets = bits.view(np.uint8)
    lines, places = [0 for _ in range(0)], [0 for _ in range(0)]
    for line in range(bits.shape[0]):
        for word in range(bits.shape[1]):
            # Hardly any word has bits, so only those are looked at bit by bit. Complements set the
            # bits beyond the last value too.
            end = min((word + 1) * WORD, width) if bits[line, word] else 0
            for place in range(word * WORD, end):
                if octets[line, place >> 3] & (0x80 >> (place & 7)):
                    lines.append(line)
                    places.append(place)
    return np.array(lines, np.int64), np.array(places, np.int64)
