"""Columns of records' fields: their values, and the JSON that the codec would write for each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from msgspec import NODEFAULT

from schemas.codec import encode
from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable
from scorers.features.texts import Bytes, Places, Texts
from scorers.writing.joining import bytes_of, compact, listed, texts_in
from scorers.writing.sheet import Sheet

_QUOTE: Final = ord('"')
_BACKSLASH: Final = ord("\\")
_SPACE: Final = ord(" ")


class Column(Protocol):
    """A field of each record of a batch."""

    def values(self) -> Sequence[Any]:
        """Return the field's values."""

    def write(self, sheet: Sheet, lead: bytes, default: Any) -> None:
        """Write the field: nothing where it is `default`, else after `lead`."""


class Numbers:
    """Floats. Those of an `optional` field are None where they are NaN."""

    def __init__(self, numbers: Floats, *, optional: bool = False) -> None:
        self._numbers = numbers
        self._optional = optional

    def values(self) -> list[float | None]:
        """Return the numbers."""
        numbers: list[float | None] = self._numbers.tolist()
        if self._optional and np.isnan(self._numbers).any():
            return [None if number != number else number for number in numbers]
        return numbers

    def write(self, sheet: Sheet, lead: bytes, default: Any) -> None:
        """Write the numbers; none is ever left out, as the codec compares by identity."""
        sheet.numbers(lead, self._numbers, always=not self._optional or default is not None)


class Names:
    """Values of which there are few, and what the codec writes for each."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self._written: dict[Hashable, Texts] = {}

    def written(self, default: Hashable) -> Texts:
        """Return the values as JSON, `default` as nothing."""
        if default not in self._written:
            texts = [b"" if value == default else encode(value) for value in self.values]
            self._written[default] = texts_in(texts)
        return self._written[default]


class Named:
    """Values by their numbers among a few."""

    def __init__(self, names: Names, numbers: Integers) -> None:
        self._names = names
        self._numbers = numbers

    def values(self) -> list[Any]:
        """Return the values."""
        return list(map(self._names.values.__getitem__, self._numbers.tolist()))

    def write(self, sheet: Sheet, lead: bytes, default: Any) -> None:
        """Write the values."""
        texts = self._names.written(default)
        sheet.chosen(lead, texts, self._numbers, always=default is NODEFAULT)


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

    def write(self, sheet: Sheet, lead: bytes, default: Any) -> None:
        """Write the values."""
        if not self._known:
            return Same(self._otherwise, self._count).write(sheet, lead, default)
        numbers = np.zeros(self._count, np.int64)
        numbers[list(self._known)] = np.arange(1, len(self._known) + 1)
        values = [self._otherwise, *self._known.values()]
        texts = texts_in([b"" if value is default else encode(value) for value in values])
        return sheet.chosen(lead, texts, numbers, always=default is NODEFAULT)


class Same:
    """One value for all records."""

    def __init__(self, value: Any, count: int) -> None:
        self._value = value
        self._count = count

    def values(self) -> list[Any]:
        """Return the values."""
        return [self._value] * self._count

    def write(self, sheet: Sheet, lead: bytes, default: Any) -> None:
        """Write the value."""
        if self._value is not default:
            sheet.fixed(lead + encode(self._value))


class Declared:
    """A text that manifests declare."""

    def __init__(self, table: DeclaredTable, source: str) -> None:
        self._table = table
        self._source = source

    def values(self) -> Sequence[str]:
        """Return the texts."""
        return self._table.column(self._source)

    def write(self, sheet: Sheet, lead: bytes, default: Any) -> None:
        """Write the texts."""
        texts, quote = compact(self._table.texts(self._source)), b'"'
        if not _is_plain(*texts):
            values = (b"" if value == default else encode(value) for value in self.values())
            texts, quote = texts_in([*values]), b""
        sheet.texts(lead + quote, texts, quote, always=default is NODEFAULT)


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

    def write(self, sheet: Sheet, lead: bytes, default: Any) -> None:
        """Write the texts."""
        starts, sizes = np.arange(self._count) * self._size, np.full(self._count, self._size)
        texts = Texts(bytes_of(self._letters), starts, sizes)
        sheet.texts(lead + b'"', texts, b'"', always=default is NODEFAULT)


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

    def write(self, sheet: Sheet, lead: bytes, _default: Any) -> None:
        """Write the ids."""
        begins = texts_in([encode(begin)[1:-1] for begin in self._beginnings])
        sheet.chosen(lead + b'"', begins, self._numbers)
        sheet.texts(b"", listed(encode(self._ends.tolist())), b'"')


@compiled
def _is_plain(data: Bytes, starts: Places, sizes: Places) -> bool:
    """Tell whether JSON writes all texts as they are."""
    for text in range(len(starts)):
        for place in range(starts[text], starts[text] + sizes[text]):
            byte = data[place]
            if byte < _SPACE or byte in (_QUOTE, _BACKSLASH):
                return False
    return True
