"""Files of reference data to records: TOML tables and CSV lines, with errors that say the line."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import (
    Any,
    Generic,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from schemas.reference.errors import ReferenceDataError

Record = TypeVar("Record")

_HEADER = re.compile(r"^\s*\[\[\s*(?P<name>[\w-]+)\s*\]\]")
_AT_FIELD = re.compile(r" - at `\$\.?(?P<field>\w*).*`$")


class Read(NamedTuple, Generic[Record]):
    """A record, and the line at which it begins."""

    line: int
    record: Record


def text_of(path: Path) -> str:
    """Return a file's text; raise `ReferenceDataError` if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or "bytes that are not UTF-8"
        raise ReferenceDataError(path.name, 0, f"expected a text file, got {problem}") from None


def read_tables(path: Path, record: type[Record], key: str) -> list[Read[Record]]:
    """Return the records of a TOML file's `[[NAME]]` tables; `key` is set to the table's name."""
    text = text_of(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReferenceDataError(path.name, 0, f"expected TOML, got {error}") from None
    lines = _lines_of_tables(text)
    read = []
    for name, tables in content.items():
        if name not in lines:
            problem = f"expected tables [[...]] only, got {name!r}"
            raise ReferenceDataError(path.name, 0, problem)
        for line, table in zip(lines[name], tables, strict=True):
            read.append(Read(line, _record(path, line, {**table, key: name}, record)))
    return sorted(read, key=lambda entry: entry.line)


def _lines_of_tables(text: str) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _HEADER.match(line):
            lines.setdefault(match["name"], []).append(number)
    return lines


def read_rows(path: Path, record: type[Record]) -> list[Read[Record]]:
    """Return the records of a CSV file with a header; an empty cell is a field left out."""
    rows = []
    for line, cells in cells_of(path):
        given = {name: cell for name, cell in cells.items() if cell}
        rows.append(Read(line, _record(path, line, given, record, strict=False)))
    return rows


def cells_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line's number and its cells by column; lines that begin with `#` are comments."""
    kept = [
        (number, line)
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    rows = csv.reader((line for _, line in kept), skipinitialspace=True)
    header = [name.strip() for name in next(rows, [])]
    for (number, _), row in zip(kept[1:], rows, strict=False):
        if len(row) != len(header):
            problem = f"expected {len(header)} cells, got {len(row)}"
            raise ReferenceDataError(path.name, number, problem)
        yield number, {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _record(
    path: Path, line: int, fields: dict[str, Any], record: type[Record], *, strict: bool = True
) -> Record:
    try:
        return msgspec.convert(fields, record, strict=strict)
    except msgspec.ValidationError as error:
        raise ReferenceDataError(path.name, line, _explained(str(error), fields, record)) from None


def _explained(text: str, fields: dict[str, Any], record: type) -> str:
    """Return what `msgspec` says as expected and got, and which row it is about."""
    match = _AT_FIELD.search(text)
    where = f" (row {fields['code']})" if "code" in fields else ""
    if match is None:
        return f"{text}{where}"
    name, what = match["field"], text[: match.start()]
    if what.startswith("Invalid enum value"):
        what = f"expected one of {', '.join(_choices(get_type_hints(record)[name]))}"
    elif what.startswith("Invalid RFC3339"):
        what = "expected a date like 2026-07-01"
    what = what[0].lower() + what[1:].partition(", got")[0]
    return f"{name}: {what}, got {fields[name]!r}{where}"


def _choices(hint: Any) -> list[str]:
    """Return the values that a type's literals allow."""
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return [choice for part in get_args(hint) for choice in _choices(part)]
