"""Records of one type from columns: as objects, and as what the codec would write for those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from scorers.writing.columns import Column
from scorers.writing.joining import Piece, joined

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
        return joined(_merged(self.pieces(b"", None)), self._count)

    def pieces(self, lead: bytes, _default: Any) -> Iterator[Piece]:
        """Yield what is written of the records, between braces."""
        opening = lead + b"{"
        for field in _fields(self._record):
            if field.name in self._columns:
                name = opening + b'"' + field.encode_name.encode() + b'":'
                yield from self._columns[field.name].pieces(name, field.default)
                opening = b","
        yield Piece(b"}")


@cache
def _fields(record: type[Struct]) -> tuple[FieldInfo, ...]:
    """Return the fields of a type; looking them up takes as long as a hundred records."""
    return fields(record)


def _merged(pieces: Iterator[Piece]) -> list[Piece]:
    """Return the same with what is written in every record anyway in as few pieces as possible."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None and last.always and piece.texts is None:
            merged[-1] = last._replace(tail=last.tail + piece.lead + piece.tail)
        elif last is not None and last.texts is None and last.always and piece.always:
            merged[-1] = piece._replace(lead=last.lead + last.tail + piece.lead)
        else:
            merged.append(piece)
    return merged
