"""Fields of one level as hashed columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from scorers.features.bins import bins_of, listed_bins
from scorers.features.declared import Table
from scorers.features.fields import Category, Field, Number, Signal
from scorers.features.hashing import Hashes, hash_column, hash_text, mixed
from scorers.features.spec import FeatureSpec

Column = Callable[[Table], Hashes]


class FieldColumns:
    """Fields compiled to a matrix with a line of hashes for each, in the order of `names`.

    A field's hash is that of its value, salted with the field's name. What has few values (a bin
    between edges, a signal) has its hashes in a list; the rest is hashed value by value.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._hashed = [field for field in fields if not _is_listed(field)]
        self._listed = [_listed(field) for field in fields if _is_listed(field)]
        self.names = [field.name for field in (*self._hashed, *filter(_is_listed, fields))]
        self._salts = np.array([salt(field) for field in self._hashed], dtype=np.uint64)

    def __len__(self) -> int:
        return len(self.names)

    def of(self, table: Table, length: int) -> Hashes:
        """Return the hashes of `length` values of each field."""
        hashes = np.empty((len(self), length), dtype=np.uint64)
        several = hashes[: len(self._hashed)]
        for line, field in zip(several, self._hashed, strict=True):
            line[:] = _values(field, table)
        several ^= self._salts[:, None]
        mixed(several)
        for line, column in zip(hashes[len(self._hashed) :], self._listed, strict=True):
            line[:] = column(table)
        return hashes

    def single(self, name: str, text: str) -> Hashes:
        """Return a column of one value in which only the category `name` is given."""
        hashes = np.zeros((len(self), 1), dtype=np.uint64)
        line = self.names.index(name)
        hashes[line] = mixed(hash_column([text]) ^ self._salts[line])
        return hashes


def readable_at(spec: FeatureSpec, wanted: Callable[[Field], bool]) -> list[Field]:
    """Return the fields of a spec that have a column of their own and are wanted."""
    single = (f for f in spec.fields if isinstance(f, Category | Number | Signal))
    return [field for field in single if wanted(field)]


@cache
def salt(field: Field) -> np.uint64:
    """Return what tells a field's hashes from those of other fields."""
    return np.uint64(hash_text(f"field:{field.name}"))


def _is_listed(field: Field) -> bool:
    return isinstance(field, Signal) or (isinstance(field, Number) and not field.per_octave)


def _values(field: Field, table: Table) -> Hashes:
    """Return the values of a field as 64-bit numbers, not yet told from those of other fields."""
    if isinstance(field, Category):
        return table.hashes(field.source, field.prefix)
    if isinstance(field, Number):
        return bins_of(field, table.numbers(field.source))
    raise TypeError(f"{field.name}: expected a category or a number, got {type(field).__name__}")


def _listed(field: Field) -> Column:
    """Return what gives the hashes of a field with few values."""
    if isinstance(field, Number):
        edges, bins = listed_bins(field)
        hashes = mixed(bins ^ salt(field))
        return lambda table: hashes[edges.searchsorted(table.numbers(field.source), side="right")]
    absent, present = mixed(np.array([0, 1], dtype=np.uint64) ^ salt(field))
    return lambda table: np.where(np.asarray(table.column(field.source)), present, absent)
