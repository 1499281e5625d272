"""Records scanned into columns where they are plain, and decoded where they are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np

from schemas.codec import MAX_RECORD_BYTES, RecordError, encode
from scorers.scanning.layout import Layout

if TYPE_CHECKING:
    from scorers.scanning.scan import Scan

try:
    from scorers.scanning import scan as scanner
except ModuleNotFoundError:  # The package was built where there is no C compiler.
    scanner = None  # type: ignore[assignment]

Record = TypeVar("Record", bound=msgspec.Struct)

Decode = Callable[[bytes | None], Record]
"""Returns a record; raises `RecordError` if it breaks its contract."""


def read_plain(
    raws: Sequence[bytes | None], layout: Layout, decode: Decode[Record]
) -> tuple[Scan | list[Record], dict[int, RecordError]]:
    """Return the columns of a batch of records, and what is wrong with others, by place.

    One that is not plain (an unknown field, a rare form of a number) is decoded, which may be an
    error, and scanned as we would write it ourselves. Without a scanner all are decoded, and what
    is returned are the records.
    """
    if scanner is None:
        records, wrong = _decoded(raws, range(len(raws)), decode)
        return list(records.values()), wrong
    plain = [raw if raw and len(raw) <= MAX_RECORD_BYTES else b"" for raw in raws]
    scan = scanner.scan(plain, layout)
    errors: dict[int, RecordError] = {}
    if not scan.plain.all():
        odd, errors = _decoded(raws, np.flatnonzero(~scan.plain).tolist(), decode)
        for place, record in odd.items():
            plain[place] = encode(record)
        kept = [raw for place, raw in enumerate(plain) if place not in errors]
        scan = scanner.scan(kept, layout)
        if not scan.plain.all():
            return list(map(decode, kept)), errors
    return scan, errors


def _decoded(
    raws: Sequence[bytes | None], places: Sequence[int], decode: Decode[Record]
) -> tuple[dict[int, Record], dict[int, RecordError]]:
    """Return the good ones of some records, and what is wrong with the others, by place."""
    records: dict[int, Record] = {}
    errors: dict[int, RecordError] = {}
    for place in places:
        try:
            records[place] = decode(raws[place])
        except RecordError as error:
            errors[place] = error
    return records, errors
