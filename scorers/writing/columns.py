"""Columns of records' fields: their values, and the JSON that the codec would write for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from msgspec import NODEFAULT

from schemas.codec import encode
from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable
from scorers.features.texts import Bytes, Places, Texts
from scorers.writing.joining import Piece, compact

_COMMA: Final = ord(",")
_QUOTE: Final = ord('"')
_BACKSLASH: Final = ord("\\")
_SPACE: Final = ord(" ")
_NULL_BEGINS: Final = ord("n")


class Column(Protocol):
    """A field of each record of a batch."""

    def values(self) -> Sequence[Any]:
        """Return the field's values."""

    def pieces(self, lead: bytes, default: Any) -> Iterator[Piece]:
        """Yield what is written of the field: nothing where it is `default`, else after `lead`."""


class Numbers:
    """Floats. Those of an `optional` field are None where they are NaN."""

    def __init__(self, numbers: Floats, *, optional: bool = False) -> None:
        self._numbers = np.ascontiguousarray(numbers, dtype=np.float64)
        self._optional = optional

    def values(self) -> list[float | None]:
        """Return the numbers."""
        numbers: list[float | None] = self._numbers.tolist()
        if self._optional and np.isnan(self._numbers).any():
            return [None if number != number else number for number in numbers]
        return numbers

    def pieces(self, lead: bytes, default: Any) -> Iterator[Piece]:
        """Yield one; a number is never left out, as the codec compares by identity."""
        texts = _number_texts(self._numbers)
        if self._optional and default is None:
            is_null = texts.data[texts.starts] == _NULL_BEGINS
            texts = texts._replace(sizes=np.where(is_null, 0, texts.sizes))
        yield Piece(lead, texts, always=default is not None)


class Named:
    """Values of which there are few, by their numbers."""

    def __init__(self, names: Sequence[Any], numbers: Integers) -> None:
        self._names = names
        self._numbers = numbers

    def values(self) -> list[Any]:
        """Return the values."""
        return list(map(self._names.__getitem__, self._numbers.tolist()))

    def pieces(self, lead: bytes, default: Any) -> Iterator[Piece]:
        """Yield one."""
        texts = [b"" if name == default else encode(name) for name in self._names]
        yield Piece(lead, _chosen(texts, self._numbers), always=default is NODEFAULT)


class Sparse:
    """One value for all records but a few."""

    def __init__(self, known: Mapping[int, Any], otherwise: Any, count: int) -> None:
        self._known = known
        self._otherwise = otherwise
        self._count = count

    def values(self) -> list[Any]:
        """Return the values."""
        column = [self._otherwise] * self._count
        for place, value in self._known.items():
            column[place] = value
        return column

    def pieces(self, lead: bytes, default: Any) -> Iterator[Piece]:
        """Yield one."""
        numbers = np.zeros(self._count, np.int64)
        numbers[list(self._known)] = np.arange(1, len(self._known) + 1)
        values = [self._otherwise, *self._known.values()]
        texts = [b"" if value is default else encode(value) for value in values]
        yield Piece(lead, _chosen(texts, numbers), always=default is NODEFAULT)


class Same:
    """One value for all records."""

    def __init__(self, value: Any, count: int) -> None:
        self._value = value
        self._count = count

    def values(self) -> list[Any]:
        """Return the values."""
        return [self._value] * self._count

    def pieces(self, lead: bytes, default: Any) -> Iterator[Piece]:
        """Yield one, or none."""
        if self._value is not default:
            yield Piece(lead + encode(self._value))


class Declared:
    """A text that manifests declare."""

    def __init__(self, table: DeclaredTable, source: str) -> None:
        self._table = table
        self._source = source

    def values(self) -> Sequence[str]:
        """Return the texts."""
        return self._table.column(self._source)

    def pieces(self, lead: bytes, default: Any) -> Iterator[Piece]:
        """Yield one."""
        texts = compact(self._table.texts(self._source))
        always = default is NODEFAULT
        if _is_plain(texts.data, texts.starts, texts.sizes):
            yield Piece(lead + b'"', texts, b'"', always)
        else:
            written = [b"" if value == default else encode(value) for value in self.values()]
            yield Piece(lead, _chosen(written, np.arange(len(written))), always=always)


class Packed:
    """Texts of one size, end to end, of letters that JSON writes as they are; or no text at all."""

    def __init__(self, letters: bytes, count: int) -> None:
        self._letters = letters
        self._count = count
        self._size = len(letters) // count if count else 0

    def values(self) -> list[str]:
        """Return the texts."""
        if not self._size:
            return [""] * self._count
        text, size = self._letters.decode("ascii"), self._size
        return [text[start : start + size] for start in range(0, len(text), size)]

    def pieces(self, lead: bytes, default: Any) -> Iterator[Piece]:
        """Yield one."""
        starts = np.arange(self._count, dtype=np.int64) * self._size
        texts = Texts(_bytes(self._letters), starts, np.full(self._count, self._size, np.int64))
        yield Piece(lead + b'"', texts, b'"', default is NODEFAULT)


class Identified:
    """Ids of a few beginnings by their numbers, and a whole number after each."""

    def __init__(self, beginnings: Sequence[str], numbers: Integers, ends: Integers) -> None:
        self._beginnings = beginnings
        self._numbers = numbers
        self._ends = ends

    def values(self) -> list[str]:
        """Return the ids."""
        begins = map(self._beginnings.__getitem__, self._numbers.tolist())
        return [f"{begin}{end}" for begin, end in zip(begins, self._ends.tolist(), strict=True)]

    def pieces(self, lead: bytes, _default: Any) -> Iterator[Piece]:
        """Yield two."""
        texts = [encode(begin)[1:-1] for begin in self._beginnings]
        yield Piece(lead + b'"', _chosen(texts, self._numbers))
        yield Piece(b"", _listed(encode(self._ends.tolist())), b'"')


def _number_texts(numbers: Floats) -> Texts:
    """Return what the codec writes for each number."""
    bits = numbers.view(np.int64)
    if len(bits) and (bits == bits[0]).all():  # by bits: 0.0 and -0.0 are equal, but not as texts
        return _chosen([encode(float(numbers[0]))], np.zeros(len(bits), np.int64))
    return _listed(encode(numbers.tolist()))


def _listed(array: bytes) -> Texts:
    """Return the numbers in an array of JSON."""
    data = _bytes(array)
    commas = np.flatnonzero(data == _COMMA)
    starts = np.concatenate([[0], commas]).astype(np.int64) + 1
    ends = np.concatenate([commas, [len(array) - 1]])
    filled = 0 if array == b"[]" else len(starts)
    return Texts(data, starts[:filled], (ends - starts)[:filled])


def _chosen(texts: Sequence[bytes], numbers: Integers) -> Texts:
    """Return some of a few texts, by their numbers."""
    sizes = np.array([len(text) for text in texts], np.int64)
    starts = np.cumsum(sizes) - sizes
    return Texts(_bytes(b"".join(texts)), starts[numbers], sizes[numbers])


def _bytes(data: bytes) -> Bytes:
    return np.frombuffer(data, np.uint8)


@compiled
def _is_plain(data: Bytes, starts: Places, sizes: Places) -> bool:
    """Tell whether JSON writes all texts as they are."""
    for text in range(len(starts)):
        for place in range(starts[text], starts[text] + sizes[text]):
            byte = data[place]
            if byte < _SPACE or byte in (_QUOTE, _BACKSLASH):
                return False
    return True
