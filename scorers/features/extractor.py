"""A feature spec compiled to a vectorised extractor: columns in, slots of the weight table out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Block, FeatureBatch, Floats, Slots
from scorers.features.hashing import Hashes, HashMemo, hash_text, mixed
from scorers.features.sources import check_sources, level_of
from scorers.features.spec import Category, FeatureSpec, Field, Level, Number, Words
from scorers.features.tables import Integers, Table
from scorers.features.text import WordMemo

BIAS: Final = "bias"
DEFAULT_BITS: Final = 22
_HASH_BITS: Final = 64


class Extractor:
    """Turns columns into hashed features.

    A field's hash is that of its value, salted with the field's name. A cross is the sum of its
    parts' hashes and of its own salt; its slot is the upper `bits` of that sum.
    """

    def __init__(self, spec: FeatureSpec, bits: int = DEFAULT_BITS) -> None:
        check_sources(spec)
        self.spec = spec
        self.bits = bits
        self._memo = HashMemo()
        self._word_memo = WordMemo()
        self._codes = {f.name: _code_hashes(f) for f in spec.fields}
        self._words = next((f for f in spec.fields if isinstance(f, Words)), None)
        self._plans = {level: _Plan(spec, level, bits) for level in Level}
        self._base = math.log(spec.base_rate / (1 - spec.base_rate))

    def extract(self, table: Table) -> FeatureBatch:
        """Return the hashed features of every parcel of `table`."""
        counts = table.item_counts
        parcel_of_item = np.repeat(np.arange(len(table)), counts)
        columns = {f.name: self._hashes(f, table) for f in self.spec.fields if f != self._words}
        blocks = [self._plans[Level.PARCEL].block(columns)]
        if self._plans[Level.ITEM].names or self._words:
            self._spread(columns, parcel_of_item)
        if self._plans[Level.ITEM].names:
            scale = np.repeat(1 / np.sqrt(counts), counts)
            blocks.append(self._plans[Level.ITEM].block(columns, parcel_of_item, scale))
        if self._words:
            blocks.append(self._word_block(self._words, columns, table, parcel_of_item))
        return FeatureBatch(len(table), tuple(blocks), self._prior(table))

    def _hashes(self, field: Field, table: Table) -> Hashes:
        column = table.column(field.source)
        if isinstance(field, Category):
            texts = [text[: field.prefix] for text in column] if field.prefix else column
            return mixed(self._memo.column(texts) ^ _salt(field))
        codes = self._codes[field.name]
        if isinstance(field, Number):
            return codes[_bins(np.asarray(column, dtype=np.float64), field.edges)]
        return codes[np.asarray(column, dtype=np.int64)]

    def _spread(self, columns: dict[str, Hashes], owners: Integers) -> None:
        """Repeat the parcels' hashes for each of their items."""
        for field in self.spec.fields:
            if field.name in columns and level_of(field.source) is Level.PARCEL:
                columns[field.name] = columns[field.name][owners]

    def _word_block(
        self, field: Words, columns: Mapping[str, Hashes], table: Table, owners: Integers
    ) -> Block:
        """Return the crosses with words; a parcel's words share a length of 1."""
        found = [self._word_memo[text] for text in table.column(field.source)]
        item_of_word = np.repeat(np.arange(len(found)), [len(hashes) for hashes in found])
        plan = self._plans[Level.WORD]
        spread = {name: columns[name][item_of_word] for name in plan.parts if name in columns}
        spread[field.name] = mixed(np.concatenate(found) ^ _salt(field))
        rows = owners[item_of_word]
        scale = (1 / np.sqrt(np.bincount(rows, minlength=len(table))))[rows]
        return plan.block(spread, rows, scale)

    def _prior(self, table: Table) -> Floats:
        prior = np.full(len(table), self._base)
        for rule in self.spec.rules:
            prior += rule.logit * np.asarray(table.column(f"signals.{rule.signal}"), np.float64)
        return prior


class _Plan:
    """The crosses of one level: which columns to add up for which feature."""

    def __init__(self, spec: FeatureSpec, level: Level, bits: int) -> None:
        crosses = [cross for cross in spec.crosses if _level(spec, cross) is level]
        if level is Level.PARCEL:
            crosses.insert(0, ())
        self.names = tuple("+".join(cross) or BIAS for cross in crosses)
        self.parts = sorted({part for cross in crosses for part in cross})
        self._shift = np.uint64(_HASH_BITS - bits)
        self._salts = np.array([[hash_text(f"cross:{n}")] for n in self.names], dtype=np.uint64)
        order = max(map(len, crosses), default=0)
        # Shorter crosses are padded with the index of a column of zeros.
        padded = [[self.parts.index(p) for p in c] + [-1] * (order - len(c)) for c in crosses]
        self._index = np.array(padded, dtype=np.int64).reshape(len(crosses), order)

    def block(
        self,
        columns: Mapping[str, Hashes],
        rows: Integers | None = None,
        scale: Floats | None = None,
    ) -> Block:
        """Return the slots of all crosses for all values."""
        length = len(next(iter(columns.values())))
        stacked = np.zeros((len(self.parts) + 1, length), dtype=np.uint64)
        for line, name in enumerate(self.parts):
            stacked[line] = columns[name]
        total = np.repeat(self._salts, length, axis=1)
        for position in self._index.T:
            total += stacked[position]
        slots: Slots = (total >> self._shift).view(np.int64)
        return Block(self.names, slots, rows, scale)


def _level(spec: FeatureSpec, cross: tuple[str, ...]) -> Level:
    return max(
        Level.WORD if isinstance(field, Words) else level_of(field.source)
        for field in map(spec.field_named, cross)
    )


def _salt(field: Field) -> np.uint64:
    return np.uint64(hash_text(f"field:{field.name}"))


def _code_hashes(field: Field) -> Hashes:
    """Return a hash for each bin of a number (the last one: missing), or for absent and present."""
    size = len(field.edges) + 2 if isinstance(field, Number) else 2
    return mixed(np.arange(1, size + 1, dtype=np.uint64) ^ _salt(field))


def _bins(values: Floats, edges: tuple[float, ...]) -> npt.NDArray[np.intp]:
    bins = np.searchsorted(np.asarray(edges), values, side="right")
    bins[np.isnan(values)] = len(edges) + 1
    return bins
