"""What is screened: records of a file, with what an inspection of each would find, if known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Final

import msgspec

from schemas.codec import encode
from schemas.types import InspectionResult
from streams.publishing import item_key
from streams.sources.adapters import adapter_named
from streams.sources.files import SourceError, read_lines, read_values

_CHUNK: Final = 10_000
_LEARNING_CHUNK: Final = 500


class Entry(msgspec.Struct):
    """A record to screen, and what an inspection would find (None: not known)."""

    value: bytes
    violation: bool | None = None


def adapted_chunks(path: Path, adapter: str) -> Iterator[list[Entry]]:
    """Yield the entries of an adapted file day by day: a day's labels serve the next."""
    records = adapter_named(adapter).read(path)
    for _, day in groupby(records, key=lambda record: record.day):
        yield [Entry(encode(record.manifest), record.violation) for record in day]


def file_chunks(path: Path, outcomes: Path | None) -> Iterator[list[Entry]]:
    """Yield the entries of a file of manifests, in smaller chunks if there is anything to learn."""
    if outcomes is None:
        yield from _chunked((Entry(value) for value in read_values(path)), _CHUNK)
        return
    found = read_outcomes(outcomes)
    entries = (Entry(value, found.get(item_key(value))) for value in read_values(path))
    yield from _chunked(entries, _LEARNING_CHUNK)


class _KnownOutcome(msgspec.Struct):
    item_id: str
    result: InspectionResult


def read_outcomes(path: Path) -> dict[str | None, bool]:
    """Return, by item id, whether an outcome found a violation; one JSON object a line."""
    decoder = msgspec.json.Decoder(_KnownOutcome)
    found: dict[str | None, bool] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if line.strip():
            try:
                known = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise SourceError(f"{path}:{number}: {error}") from None
            found[known.item_id] = known.result == "violation"
    return found


def _chunked(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    iterator = iter(entries)
    while chunk := list(islice(iterator, size)):
        yield chunk
