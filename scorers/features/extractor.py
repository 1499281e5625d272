"""A feature spec compiled to a vectorised extractor: columns in, slots of the weight table out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np

from scorers.features.batch import Block, FeatureBatch, Floats, Integers, Slots
from scorers.features.bins import bins_of
from scorers.features.declared import Table
from scorers.features.fields import (
    Category,
    Cross,
    Field,
    Level,
    Number,
    Words,
)
from scorers.features.hashing import Hashes, hash_column, hash_text, mixed
from scorers.features.sources import check_sources, level_of
from scorers.features.spec import RESERVED, FeatureSpec
from scorers.features.text import WordMemo

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
        self._word_memo = WordMemo()
        self._words = next((f for f in spec.fields if isinstance(f, Words)), None)
        self._plans = {level: _Plan(spec, level, bits) for level in Level}
        self._fields = {level: _fields_at(spec, level) for level in (Level.PARCEL, Level.ITEM)}
        finer = (*self._plans[Level.ITEM].parts, *self._plans[Level.WORD].parts)
        self._spread = [f.name for f in self._fields[Level.PARCEL] if f.name in finer]
        self._base = math.log(spec.base_rate / (1 - spec.base_rate))

    def hashes(self, table: Table, fields: Sequence[Field]) -> dict[str, Hashes]:
        """Return the hashed columns of fields of one level; there must be one at least."""
        hashes = np.array([_values(field, table) for field in fields])
        hashes ^= np.array([[_salt(field)] for field in fields], dtype=np.uint64)
        return dict(zip((field.name for field in fields), mixed(hashes), strict=True))

    def extract(self, table: Table) -> FeatureBatch:
        """Return the hashed features of every parcel of `table`."""
        parcels = self._fields[Level.PARCEL]
        columns = self.hashes(table, parcels) if parcels else {}
        blocks = [self._plans[Level.PARCEL].block(len(table), columns)]
        if self._plans[Level.ITEM].names or self._plans[Level.WORD].names:
            blocks += self._finer_blocks(table, columns)
        return FeatureBatch(len(table), tuple(blocks), self._prior(table))

    def _finer_blocks(self, table: Table, columns: Mapping[str, Hashes]) -> list[Block]:
        """Return the blocks of items and words, to which a parcel's columns are repeated."""
        counts = table.item_counts
        parcel_of_item = np.repeat(np.arange(len(table)), counts)
        items = {name: columns[name][parcel_of_item] for name in self._spread}
        if self._fields[Level.ITEM]:
            items |= self.hashes(table, self._fields[Level.ITEM])
        blocks = []
        if self._plans[Level.ITEM].names:
            share = np.repeat(1 / np.sqrt(counts), counts)
            blocks.append(self._plans[Level.ITEM].block(len(share), items, parcel_of_item, share))
        if self._words and self._plans[Level.WORD].names:
            blocks.append(self._word_block(self._words, items, table, parcel_of_item))
        return blocks

    def _word_block(
        self, field: Words, columns: Mapping[str, Hashes], table: Table, owners: Integers
    ) -> Block:
        """Return the crosses with words; a parcel's words share a unit of length."""
        found = [self._word_memo[text] for text in table.column(field.source)]
        item_of_word = np.repeat(np.arange(len(found)), [len(hashes) for hashes in found])
        plan = self._plans[Level.WORD]
        spread = {name: columns[name][item_of_word] for name in plan.parts if name in columns}
        spread[field.name] = mixed(np.concatenate(found) ^ _salt(field))
        rows = owners[item_of_word]
        share = (1 / np.sqrt(np.bincount(rows, minlength=len(table))))[rows]
        return plan.block(len(rows), spread, rows, share)

    def _prior(self, table: Table) -> Floats:
        prior = np.full(len(table), self._base)
        for rule in self.spec.rules:
            prior += rule.logit * np.asarray(table.column(f"signals.{rule.signal}"), np.float64)
        return prior


class _Plan:
    """The features of one level: which columns to add up for which feature."""

    def __init__(self, spec: FeatureSpec, level: Level, bits: int) -> None:
        features = [cross for cross in spec.features if _level(spec, cross) is level]
        if level is Level.PARCEL:
            features.insert(0, Cross(()))
        self.names = tuple(cross.name or RESERVED for cross in features)
        self.parts = sorted({part for cross in features for part in cross.fields})
        self._scales = np.array([cross.scale for cross in features])
        self._shift = np.uint64(_HASH_BITS - bits)
        self._salts = np.array([[hash_text(f"cross:{n}")] for n in self.names], dtype=np.uint64)
        order = max((len(cross.fields) for cross in features), default=0)
        # Shorter crosses are padded with the index of a column of zeros.
        padded = [
            [self.parts.index(part) for part in cross.fields] + [-1] * (order - len(cross.fields))
            for cross in features
        ]
        self._index = np.array(padded, dtype=np.int64).reshape(len(features), order)

    def block(
        self,
        length: int,
        columns: Mapping[str, Hashes],
        rows: Integers | None = None,
        share: Floats | None = None,
    ) -> Block:
        """Return the slots of all features for all `length` values."""
        stacked = np.zeros((len(self.parts) + 1, length), dtype=np.uint64)
        for line, name in enumerate(self.parts):
            stacked[line] = columns[name]
        total = np.repeat(self._salts, length, axis=1)
        for position in self._index.T:
            total += stacked[position]
        slots: Slots = (total >> self._shift).view(np.int64)
        return Block(self.names, self._scales, slots, rows, share)


def _level(spec: FeatureSpec, cross: Cross) -> Level:
    return max(
        Level.WORD if isinstance(field, Words) else level_of(field.source)
        for field in map(spec.field_named, cross.fields)
    )


def _fields_at(spec: FeatureSpec, level: Level) -> list[Field]:
    """Return the fields with one value for each parcel, or for each item."""
    return [f for f in spec.fields if not isinstance(f, Words) and level_of(f.source) is level]


def _values(field: Field, table: Table) -> Hashes:
    """Return the values of a field as 64-bit numbers, not yet told from those of other fields."""
    column = table.column(field.source)
    if isinstance(field, Category):
        return hash_column([text[: field.prefix] for text in column] if field.prefix else column)
    if isinstance(field, Number):
        return bins_of(field, np.asarray(column, dtype=np.float64))
    return np.asarray(column, dtype=np.uint64)


@cache
def _salt(field: Field) -> np.uint64:
    return np.uint64(hash_text(f"field:{field.name}"))
