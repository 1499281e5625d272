"""Conditions of many rules on a batch: columns give leaves, leaves give the bits of every rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.rules.columns import BitBytes, Column, NumberColumn, SignalColumn, set_bit
from scorers.rules.conditions import Condition, Contains, SameItem, Test, leaves
from scorers.rules.fields import field_named
from scorers.rules.formulas import WORD, Bits, Formula
from scorers.rules.text_columns import TextColumn
from scorers.rules.word_columns import WordColumn

_WORD_BITS: Final = 6
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
        held = self._held_by_items(table)
        bits = np.concatenate([self._parcels.bits(table, len(table)), held])
        return _places(self._parcels.formula.bits(bits), len(table))

    def _held_by_items(self, table: DeclaredTable) -> Bits:
        """Return a line of bits for each question about single items."""
        holders = _lines(self._items.roots, len(table))
        if self._items.roots:
            width = int(table.item_counts.sum())
            bits = self._items.formula.bits(self._items.bits(table, width))
            _gather(*_places(bits, width), table.item_owners, holders)
        return holders.view(np.uint64)


class _Level:
    """What is asked of parcels, or of items: their tests by column, and the formula over them."""

    def __init__(
        self, roots: Sequence[Condition], tests: Sequence[Test], others: Sequence[SameItem] = ()
    ) -> None:
        self.roots = len(roots)
        self._columns = _columns(tests)
        self.hashed = [part for column in self._columns for part in column.hashed]
        ordered = [test for column in self._columns for test in column.tests]
        self._count = len(ordered)
        self.formula = Formula(roots, [*ordered, *others])

    def bits(self, table: DeclaredTable, width: int) -> Bits:
        """Return a line of bits for each test."""
        table.hash_texts(self.hashed)
        bits = _lines(self._count, width)
        first = 0
        for column in self._columns:
            column.fill(table, bits[first : first + len(column.tests)])
            first += len(column.tests)
        return bits.view(np.uint64)


def _lines(height: int, width: int) -> BitBytes:
    """Return lines of bits, none set, padded to whole words."""
    return np.zeros((height, -(-width // WORD) * WORD // _BYTE), dtype=np.uint8)


@compiled
def _gather(lines: Integers, items: Integers, owners: Integers, holders: BitBytes) -> None:
    """Set the bits of the parcels that items are of."""
    for at in range(len(lines)):
        set_bit(holders, lines[at], owners[items[at]])


def _columns(tests: Sequence[Test]) -> list[Column]:
    groups: dict[tuple[str, bool], list[Test]] = defaultdict(list)
    for test in tests:
        groups[test.source, isinstance(test, Contains)].append(test)
    return [_column(source, group) for (source, _), group in groups.items()]


def _column(source: str, tests: Sequence[Test]) -> Column:
    field = field_named(source)
    if field is None:
        raise ValueError(f"Expected a field of a manifest, got {source!r}")
    if field.kind != "text":
        return (NumberColumn if field.kind == "number" else SignalColumn)(source, tests)
    return (WordColumn if isinstance(tests[0], Contains) else TextColumn)(source, tests)


def _places(bits: Bits, width: int) -> tuple[Integers, Integers]:
    """Return line and place of every bit that is set, up to `width`, line by line."""
    words = np.flatnonzero(bits)
    # Hardly any word has bits, so only those are looked at bit by bit.
    flags = np.unpackbits(bits.ravel()[words, None].view(np.uint8), axis=1).view(np.bool_)
    found = np.flatnonzero(flags)
    line, column = np.divmod(words, bits.shape[1])
    word = found >> _WORD_BITS
    place = (column << _WORD_BITS)[word] + (found & (WORD - 1))
    # Complements set the bits beyond the last value too.
    within = np.flatnonzero(place < width)
    return line[word[within]], place[within]
