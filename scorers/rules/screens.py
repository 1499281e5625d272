"""Conditions of many rules on a batch: columns give leaves, leaves give the bits of every rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.quality import Flags
from scorers.rules.claims import Claims
from scorers.rules.columns import Column, NumberColumn, SignalColumn
from scorers.rules.conditions import (
    Condition,
    Contains,
    Leaf,
    SameItem,
    Test,
    leaves,
    negated_leaves,
)
from scorers.rules.fields import field_named
from scorers.rules.formulas import WORD, Bits, Formula
from scorers.rules.text_columns import TextColumn
from scorers.rules.word_columns import WordColumn

_WORD_BITS: Final = 6


class Screen:
    """Conditions over the parcels of a table: which parcel satisfies which condition."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        found = list(dict.fromkeys(leaf for root in conditions for leaf in leaves(root)))
        tests = [leaf for leaf in found if not isinstance(leaf, SameItem)]
        of_items = [leaf for leaf in found if isinstance(leaf, SameItem)]
        self._parcels = _Level(conditions, tests, of_items)
        self._claims = Claims(conditions, self._parcels.columns)
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
        bits = self._parcels.bits(table, len(table), checked=False)
        matched = _places(self._parcels.formula.bits(np.concatenate([bits, held])), len(table))
        if self._claims.are_true(table, bits, *matched):
            return matched
        bits = self._parcels.bits(table, len(table), checked=True)
        return _places(self._parcels.formula.bits(np.concatenate([bits, held])), len(table))

    def _held_by_items(self, table: DeclaredTable) -> Bits:
        """Return a line of bits for each question about single items."""
        holders = _lines(self._items.roots, len(table))
        if self._items.roots:
            width = int(table.item_counts.sum())
            bits = self._items.bits(table, width, checked=True)
            asked, items = _places(self._items.formula.bits(bits), width)
            holders[asked, table.item_owners[items]] = True
        return _packed(holders)


class _Level:
    """What is asked of parcels, or of items: their tests by column, and the formula over them."""

    def __init__(
        self, roots: Sequence[Condition], tests: Sequence[Test], others: Sequence[SameItem] = ()
    ) -> None:
        self.roots = len(roots)
        negated = {leaf for root in roots for leaf in negated_leaves(root)}
        self.columns = _columns(tests, negated)
        self.hashed = [part for column in self.columns for part in column.hashed]
        ordered = [test for column in self.columns for test in column.tests]
        self.formula = Formula(roots, [*ordered, *others])

    def bits(self, table: DeclaredTable, width: int, *, checked: bool) -> Bits:
        """Return a line of bits for each test; `checked` ones hold no claim that is not true."""
        table.hash_texts(self.hashed)
        # Column by column: what is packed at once stays in a core's own cache.
        bits = [np.empty((0, -(-width // WORD)), dtype=np.uint64)]
        for column in self.columns:
            lines = _lines(len(column.tests), width)
            column.fill(table, lines[:, :width])
            if checked:
                column.check(table, lines[:, :width])
            bits.append(_packed(lines))
        return np.concatenate(bits)


def _lines(height: int, width: int) -> Flags:
    """Return lines of booleans, all false, padded to whole words of bits."""
    return np.zeros((height, -(-width // WORD) * WORD), dtype=np.bool_)


def _packed(lines: Flags) -> Bits:
    return np.packbits(lines, axis=1).view(np.uint64)


def _columns(tests: Sequence[Test], negated: Container[Leaf]) -> list[Column]:
    groups: dict[tuple[str, bool], list[Test]] = defaultdict(list)
    for test in tests:
        groups[test.source, isinstance(test, Contains)].append(test)
    return [_column(source, group, negated) for (source, _), group in groups.items()]


def _column(source: str, tests: Sequence[Test], negated: Container[Leaf]) -> Column:
    field = field_named(source)
    if field is None:
        raise ValueError(f"Expected a field of a manifest, got {source!r}")
    if field.kind != "text":
        return (NumberColumn if field.kind == "number" else SignalColumn)(source, tests)
    if isinstance(tests[0], Contains):
        return WordColumn(source, tests)
    return TextColumn(source, tests, short=field.short, negated=negated)


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
