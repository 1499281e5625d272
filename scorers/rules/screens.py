"""Conditions of many rules on a batch: columns give leaves, leaves give the bits of every rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable
from scorers.quality import Flags
from scorers.rules.columns import Column, NumberColumn, SignalColumn
from scorers.rules.conditions import Condition, Contains, SameItem, Test, leaves
from scorers.rules.fields import field_named
from scorers.rules.formulas import WORD, Bits, Formula
from scorers.rules.text_columns import TextColumn
from scorers.rules.word_columns import WordColumn


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

    def matches(self, table: DeclaredTable) -> tuple[Integers, Integers]:
        """Return condition and parcel of every match, ordered by condition, then by parcel."""
        lines = self._parcels.lines(table, len(table))
        if self._items.roots:
            width = int(table.item_counts.sum())
            bits = self._items.formula.bits(self._items.lines(table, width))
            asked, items = _places(bits, width)
            lines[self._parcels.tests + asked, table.item_owners[items]] = True
        return _places(self._parcels.formula.bits(lines), len(table))


class _Level:
    """What is asked of parcels, or of items: their tests by column, and the formula over them."""

    def __init__(
        self, roots: Sequence[Condition], tests: Sequence[Test], others: Sequence[SameItem] = ()
    ) -> None:
        self.roots = len(roots)
        self.tests = len(tests)
        self._height = len(tests) + len(others)
        self._columns = _columns(tests)
        self._hashed = [part for column in self._columns for part in column.hashed]
        ordered = [test for column in self._columns for test in column.tests]
        self.formula = Formula(roots, [*ordered, *others])

    def lines(self, table: DeclaredTable, width: int) -> Flags:
        """Return a line of booleans for each leaf, padded to whole words; only tests are set."""
        table.hash_texts(self._hashed)
        lines = np.zeros((self._height, -(-width // WORD) * WORD), dtype=np.bool_)
        first = 0
        for column in self._columns:
            last = first + len(column.tests)
            column.fill(table, lines[first:last, :width])
            first = last
        return lines


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
    if isinstance(tests[0], Contains):
        return WordColumn(source, tests)
    return TextColumn(source, tests, short=field.short)


def _places(bits: Bits, width: int) -> tuple[Integers, Integers]:
    """Return line and place of every bit that is set, up to `width`, line by line."""
    some = np.flatnonzero(bits.any(axis=1))
    # Complements set the bits beyond the last value too.
    flags = np.unpackbits(bits[some].view(np.uint8), axis=1, count=width).view(np.bool_)
    lines, places = np.divmod(np.flatnonzero(flags), width)
    return some[lines], places
