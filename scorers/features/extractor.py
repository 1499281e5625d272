"""A feature spec compiled to a vectorised extractor: columns in, slots of the weight table out."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Block, FeatureBatch, Flags, Floats, Integers
from scorers.features.columns import FieldColumns, flags_of, readable_at, salt
from scorers.features.declared import Table, TextPart
from scorers.features.fields import Category, Cross, Field, Level, Number, Signal, Words
from scorers.features.hashing import Hashes, mixed
from scorers.features.plan import LevelHashes, Plan
from scorers.features.sources import check_sources, is_of_profiles, level_of
from scorers.features.spec import FeatureSpec
from scorers.wording import descriptions_of

DEFAULT_BITS: Final = 22
COMBINATION_BITS: Final = 20
"""Of the slots of combinations whose surprise is counted."""


class Extractor:
    """Turns columns into hashed features.

    A field's hash is that of its value, salted with the field's name. A cross has a value for each
    value of its finest field: the hashes of coarser ones are repeated.
    """

    def __init__(self, spec: FeatureSpec, bits: int = DEFAULT_BITS) -> None:
        check_sources(spec)
        self.spec = spec
        self.bits = bits
        self.texts: list[TextPart] = [
            (field.source, field.prefix if isinstance(field, Category) else 0)
            for field in spec.fields
            if isinstance(field, Category | Words)
        ]
        declared = [field for field in spec.fields if not is_of_profiles(field.source)]
        self._numbers = [field.source for field in declared if isinstance(field, Number)]
        self._signals = [field.source for field in declared if isinstance(field, Signal)]
        self._words = next((f for f in spec.fields if isinstance(f, Words)), None)
        self._parcels = FieldColumns(readable_at(spec, _is_of_parcel))
        self._items = FieldColumns(readable_at(spec, _is_of_item))
        crosses = {level: _crosses_at(spec, level) for level in Level}
        names = self._parcels.names
        self._parcel_plan = Plan([Cross(()), *crosses[Level.PARCEL]], names, bits)
        self._combination_plan = Plan(_combinations(spec), names, COMBINATION_BITS)
        finer = [self._items.names, [self._words.name] if self._words else []]
        self._item_plan = Plan(crosses[Level.ITEM], names, bits, finer[:1])
        self._word_plan = Plan(crosses[Level.WORD], names, bits, finer)
        self._rules = np.array([spec.signals.index(rule.signal) for rule in spec.rules], np.int64)
        self._rule_logits = np.array([rule.logit for rule in spec.rules])
        self._base = math.log(spec.base_rate / (1 - spec.base_rate))

    def slot_of(self, feature: str, text: str) -> int | None:
        """Return the slot of a feature of one text alone; None if the spec has no such feature."""
        if feature not in self._parcel_plan.names or feature not in self._parcels.names:
            return None
        line = self._parcel_plan.names.index(feature)
        return int(self._parcel_plan.block(self._parcels.single(feature, text)).slots[line, 0])

    def foresee(self, table: Table) -> None:
        """Read what no profile has a part in; the table keeps it until features are extracted."""
        table.hash_texts(self.texts)
        for source in self._numbers:
            table.numbers(source)
        for source in self._signals:
            table.column(source)
        if self._words:
            descriptions_of(table, self._words.source)

    def extract(self, table: Table) -> FeatureBatch:
        """Return the hashed features of every parcel of `table`."""
        table.hash_texts(self.texts)
        parcels = self._parcels.of(table, len(table))
        blocks = [self._parcel_plan.block(parcels)]
        if self._item_plan.names or self._word_plan.names:
            blocks += self._finer_blocks(table, parcels)
        combinations = self._combination_plan.block(parcels)
        return FeatureBatch(len(table), tuple(blocks), self._prior(table), combinations)

    def _finer_blocks(self, table: Table, parcels: Hashes) -> list[Block]:
        """Return the blocks of items and words."""
        counts, owners = table.item_counts, table.item_owners
        items = LevelHashes(self._items.of(table, len(owners)), owners)
        blocks = []
        if self._item_plan.names:
            share = _shares(counts)[owners]
            blocks.append(self._item_plan.finer_block(parcels, [items], owners, share))
        if self._words and self._word_plan.names:
            blocks.append(self._word_block(self._words, parcels, items, table))
        return blocks

    def _word_block(self, field: Words, parcels: Hashes, items: LevelHashes, table: Table) -> Block:
        """Return the crosses with words; a parcel's words share a unit of length."""
        found = descriptions_of(table, field.source)
        hashes = mixed(found.hashes ^ salt(field))
        words = LevelHashes(hashes[None], np.arange(len(found.sizes)).repeat(found.sizes))
        rows = items.owners[words.owners]
        share = _shares(np.bincount(rows, minlength=len(table)))[rows]
        return self._word_plan.finer_block(parcels, [items, words], rows, share)

    def _prior(self, table: Table) -> Floats:
        prior = np.full(len(table), self._base)
        if len(self._rules):
            flags = flags_of(table, self.spec.sources.signals)
            _add_where(flags, self._rules, self._rule_logits, prior)
        return prior


def _shares(counts: Integers) -> Floats:
    """Return the input value of each of so many values: together they have unit length."""
    return 1 / np.sqrt(counts)


@compiled
def _add_where(flags: Flags, lines: Integers, logits: Floats, prior: Floats) -> None:
    """Add each rule's logit where its signal is present, one rule after the other."""
    for rule in range(len(logits)):
        for parcel in range(len(prior)):
            if flags[lines[rule], parcel]:
                prior[parcel] += logits[rule]


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


def _is_of_parcel(field: Field) -> bool:
    return level_of(field.source) is Level.PARCEL


def _is_of_item(field: Field) -> bool:
    return level_of(field.source) is Level.ITEM
