"""Records of one type from columns: as objects, and as what the codec would write for those."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import fields

from scorers.writing.columns import Column
from scorers.writing.sheet import Sheet

Record = TypeVar("Record", bound=Struct)


class Records(Generic[Record]):
    """Records of a batch, by the columns of their fields; a field without column has its default.

    As a column they are a field of other records. For types with `omit_defaults` whose first field
    has no default.

    >>> from schemas.decision import Reason
    >>> from scorers.writing.columns import Same
    >>> of = Records(Reason, {name: Same("x", 1) for name in ("code", "text", "source")}, 1)
    >>> of.values()
    [Reason(code='x', text='x', source='x', contribution=0.0)]
    """

    def __init__(self, record: type[Record], columns: Mapping[str, Column], count: int) -> None:
        self._record = record
        self._columns = columns
        self._count = count

    def values(self) -> list[Record]:
        """Return the records as objects."""
        # Called with columns, in the order of the fields: named arguments cost twice as much.
        columns = [
            self._columns[field.name].values()
            if field.name in self._columns
            else [field.default] * self._count
            for field in _fields(self._record)
        ]
        return list(map(self._record, *columns))

    def encoded(self) -> list[bytes]:
        """Return the records as JSON."""
        sheet = Sheet(self._count)
        self.write(sheet, b"", None)
        return sheet.records()

    def write(self, sheet: Sheet, lead: bytes, _default: Any) -> None:
        """Write the records between braces."""
        opening = lead + b"{"
        for field in _fields(self._record):
            column = self._columns.get(field.name)
            if column is not None:
                column.write(sheet, opening + field.key, field.default)
                opening = b","
        sheet.fixed(b"}")


class _Field(NamedTuple):
    """A field of a type, and what is written before its value."""

    name: str
    key: bytes
    default: Any


@cache
def _fields(record: type[Struct]) -> tuple[_Field, ...]:
    """Return the fields of a type; looking them up takes as long as a hundred records."""
    return tuple(
        _Field(one.name, b'"' + one.encode_name.encode() + b'":', one.default)
        for one in fields(record)
    )
