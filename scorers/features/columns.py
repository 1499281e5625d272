"""Fields of one level as hashed columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Flags, Floats
from scorers.features.bins import EdgedBins, bins_of
from scorers.features.declared import Table
from scorers.features.fields import Category, Field, Number, Signal
from scorers.features.hashing import Hashes, hash_column, hash_text, mix, mixed
from scorers.features.spec import FeatureSpec


class FieldColumns:
    """Fields compiled to a matrix with a line of hashes for each, in the order of `names`.

    A field's hash is that of its value, salted with the field's name. What has few values (a bin
    between edges, a signal) has its hashes in a list; the rest is hashed value by value.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        edged = [field for field in fields if isinstance(field, Number) and field.edges]
        signals = [field for field in fields if isinstance(field, Signal)]
        texts = [field for field in fields if isinstance(field, Category)]
        self._texts = [(field.source, field.prefix) for field in texts]
        self._octaves = [field for field in fields if isinstance(field, Number) if not field.edges]
        hashed: list[Field] = [*texts, *self._octaves]
        self._hashed = len(hashed)
        self._salts = _salts(hashed)
        numbers = dict.fromkeys(field.source for field in fields if isinstance(field, Number))
        self._numbers = tuple(numbers)
        self._edged = len(edged)
        lines = [self._numbers.index(field.source) for field in edged]
        self._bins = EdgedBins(edged, _salts(edged), lines)
        self._signals = tuple(field.source for field in signals)
        self._absent, self._present = (
            mixed(_salts(signals) ^ np.uint64(present)) for present in (False, True)
        )
        self.names = [field.name for field in (*hashed, *edged, *signals)]

    def __len__(self) -> int:
        return len(self.names)

    def of(self, table: Table, length: int) -> Hashes:
        """Return the hashes of `length` values of each field."""
        hashes = np.empty((len(self), length), dtype=np.uint64)
        edged, signals = self._hashed, self._hashed + self._edged
        for line, (source, prefix) in enumerate(self._texts):
            hashes[line] = table.hashes(source, prefix)
        for line, number in enumerate(self._octaves, len(self._texts)):
            hashes[line] = bins_of(number, table.numbers(number.source))
        _salt(hashes[:edged], self._salts)
        if self._edged:
            self._bins.write(numbers_of(table, self._numbers), hashes[edged:signals])
        if self._signals:
            flags = flags_of(table, self._signals)
            _mark(flags, self._absent, self._present, hashes[signals:])
        return hashes

    def single(self, name: str, text: str) -> Hashes:
        """Return a column of one value in which only the category `name` is given."""
        hashes = np.zeros((len(self), 1), dtype=np.uint64)
        line = self.names.index(name)
        hashes[line] = mixed(hash_column([text]) ^ self._salts[line])
        return hashes


def numbers_of(table: Table, sources: tuple[str, ...]) -> Floats:
    """Return columns of numbers as the lines of a matrix, put together once."""
    shape = len(sources), len(table)

    def together() -> Floats:
        return np.array([table.numbers(source) for source in sources]).reshape(shape)

    return table.computed(sources, together)


def flags_of(table: Table, sources: tuple[str, ...]) -> Flags:
    """Return columns of flags as the lines of a matrix, put together once."""
    shape = len(sources), len(table)

    def together() -> Flags:
        return np.array([table.column(source) for source in sources], np.bool_).reshape(shape)

    return table.computed(sources, together)


def readable_at(spec: FeatureSpec, wanted: Callable[[Field], bool]) -> list[Field]:
    """Return the fields of a spec that have a column of their own and are wanted."""
    single = (f for f in spec.fields if isinstance(f, Category | Number | Signal))
    return [field for field in single if wanted(field)]


@cache
def salt(field: Field) -> np.uint64:
    """Return what tells a field's hashes from those of other fields."""
    return np.uint64(hash_text(f"field:{field.name}"))


def _salts(fields: Sequence[Field]) -> Hashes:
    return np.array([salt(field) for field in fields], dtype=np.uint64)


@compiled
def _salt(hashes: Hashes, salts: Hashes) -> None:
    """Tell the values of each line from those of other fields."""
    for line in range(len(hashes)):
        for column in range(hashes.shape[1]):
            hashes[line, column] = mix(hashes[line, column] ^ salts[line])


@compiled
def _mark(flags: Flags, absent: Hashes, present: Hashes, hashes: Hashes) -> None:
    """Write what stands for each flag."""
    for line in range(len(flags)):
        for column in range(flags.shape[1]):
            hashes[line, column] = present[line] if flags[line, column] else absent[line]
