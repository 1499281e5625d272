"""A feature spec compiled to a vectorised extractor: columns in, slots of the weight table out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np

from scorers.features.batch import Block, FeatureBatch, Floats, Integers
from scorers.features.bins import bins_of
from scorers.features.declared import Table
from scorers.features.fields import Category, Cross, Field, Level, Note, Number, Words
from scorers.features.hashing import Hashes, hash_column, hash_text, mixed
from scorers.features.plan import Plan
from scorers.features.sources import check_sources, level_of
from scorers.features.spec import FeatureSpec
from scorers.features.text import WordMemo

DEFAULT_BITS: Final = 22
COMBINATION_BITS: Final = 20
"""Of the slots of combinations whose surprise is counted."""


class Extractor:
    """Turns columns into hashed features.

    A field's hash is that of its value, salted with the field's name. Fields of a parcel are
    repeated for its items, those of an item for its words, where a cross stands at that level.
    """

    def __init__(self, spec: FeatureSpec, bits: int = DEFAULT_BITS) -> None:
        check_sources(spec)
        self.spec = spec
        self.bits = bits
        self._texts = [(f.source, f.prefix) for f in spec.fields if isinstance(f, Category)]
        self._word_memo = WordMemo()
        self._words = next((f for f in spec.fields if isinstance(f, Words)), None)
        self._parcels, self._items = _fields_at(spec, Level.PARCEL), _fields_at(spec, Level.ITEM)
        crosses = {level: _crosses_at(spec, level) for level in Level}
        names = [field.name for field in self._parcels]
        self._parcel_plan = Plan([Cross(()), *crosses[Level.PARCEL]], names, bits)
        self._combination_plan = Plan(_combinations(spec), names, COMBINATION_BITS)
        finer = {part for level in (Level.ITEM, Level.WORD) for part in _parts(crosses[level])}
        self._spread = [place for place, name in enumerate(names) if name in finer]
        names = [names[place] for place in self._spread] + [field.name for field in self._items]
        self._item_plan = Plan(crosses[Level.ITEM], names, bits)
        of_words = _parts(crosses[Level.WORD])
        self._spread_to_words = [place for place, name in enumerate(names) if name in of_words]
        names = [names[place] for place in self._spread_to_words]
        word = [self._words.name] if self._words else []
        self._word_plan = Plan(crosses[Level.WORD], names + word, bits)
        self._base = math.log(spec.base_rate / (1 - spec.base_rate))

    def hashes(self, table: Table, fields: Sequence[Field]) -> Hashes:
        """Return the hashed columns of fields of one level, a line for each."""
        hashes = np.array([_values(field, table) for field in fields])
        hashes ^= np.array([[_salt(field)] for field in fields], dtype=np.uint64)
        return mixed(hashes)

    def slot_of(self, feature: str, text: str) -> int | None:
        """Return the slot of a feature of one text alone; None if the spec has no such feature."""
        fields = [f for f in self._parcels if isinstance(f, Category) and f.name == feature]
        if not fields or feature not in self._parcel_plan.names:
            return None
        hashes = np.zeros((len(self._parcels), 1), np.uint64)
        value = hash_column([text]) ^ _salt(fields[0])
        hashes[self._parcels.index(fields[0])] = mixed(value)
        line = self._parcel_plan.names.index(feature)
        return int(self._parcel_plan.block(hashes).slots[line, 0])

    def prepare(self, table: Table) -> None:
        """Hash the texts that features need: whoever asks for one of them later finds it ready."""
        table.hash_texts(self._texts)

    def extract(self, table: Table) -> FeatureBatch:
        """Return the hashed features of every parcel of `table`."""
        self.prepare(table)
        parcels = np.empty((0, len(table)), np.uint64)
        if self._parcels:
            parcels = self.hashes(table, self._parcels)
        blocks = [self._parcel_plan.block(parcels)]
        if self._item_plan.names or self._word_plan.names:
            blocks += self._finer_blocks(table, parcels)
        combinations = self._combination_plan.block(parcels)
        return FeatureBatch(len(table), tuple(blocks), self._prior(table), combinations)

    def _finer_blocks(self, table: Table, parcels: Hashes) -> list[Block]:
        """Return the blocks of items and words."""
        counts = table.item_counts
        owners = np.repeat(np.arange(len(table)), counts)
        items = parcels[self._spread][:, owners]
        if self._items:
            items = np.concatenate([items, self.hashes(table, self._items)])
        blocks = []
        if self._item_plan.names:
            share = (1 / np.sqrt(counts))[owners]
            blocks.append(self._item_plan.block(items, owners, share))
        if self._words and self._word_plan.names:
            blocks.append(self._word_block(self._words, items, table, owners))
        return blocks

    def _word_block(self, field: Words, items: Hashes, table: Table, owners: Integers) -> Block:
        """Return the crosses with words; a parcel's words share a unit of length."""
        found, sizes = self._word_memo.of(table.column(field.source))
        item_of_word = np.repeat(np.arange(len(sizes)), sizes)
        words = mixed(found ^ _salt(field))
        hashes = np.concatenate([items[self._spread_to_words][:, item_of_word], words[None]])
        rows = owners[item_of_word]
        share = (1 / np.sqrt(np.bincount(rows, minlength=len(table))))[rows]
        return self._word_plan.block(hashes, rows, share)

    def _prior(self, table: Table) -> Floats:
        prior = np.full(len(table), self._base)
        for rule in self.spec.rules:
            prior += rule.logit * np.asarray(table.column(f"signals.{rule.signal}"), np.float64)
        return prior


def _level(spec: FeatureSpec, cross: Cross) -> Level:
    return max(
        Level.WORD if isinstance(field, Words) else level_of(field.source)
        for field in map(spec.field_named, cross.fields)
    )


def _crosses_at(spec: FeatureSpec, level: Level) -> list[Cross]:
    return [cross for cross in spec.features if _level(spec, cross) is level]


def _combinations(spec: FeatureSpec) -> list[Cross]:
    """Return the combinations whose surprise is counted, and their parts."""
    parts = dict.fromkeys(name for combination in spec.novelty for name in combination)
    return [Cross(fields) for fields in (*((name,) for name in parts), *spec.novelty)]


def _parts(crosses: Sequence[Cross]) -> set[str]:
    return {part for cross in crosses for part in cross.fields}


def _fields_at(spec: FeatureSpec, level: Level) -> list[Field]:
    """Return the fields with one value for each parcel, or for each item."""
    every = (f for f in spec.fields if not isinstance(f, Words | Note))
    return [field for field in every if level_of(field.source) is level]


def _values(field: Field, table: Table) -> Hashes:
    """Return the values of a field as 64-bit numbers, not yet told from those of other fields."""
    if isinstance(field, Category):
        return table.hashes(field.source, field.prefix)
    if isinstance(field, Number):
        return bins_of(field, table.numbers(field.source))
    return np.asarray(table.column(field.source), dtype=np.uint64)


@cache
def _salt(field: Field) -> np.uint64:
    return np.uint64(hash_text(f"field:{field.name}"))
