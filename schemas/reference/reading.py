"""Files of reference data to records: TOML tables and CSV lines, with errors that say the line."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator
from operator import itemgetter
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

from schemas.reference.errors import Problems, ReferenceDataError

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


def read_tables(
    path: Path, record: type[Record], key: str, problems: Problems
) -> list[Read[Record]]:
    """Return the records of a TOML file's `[[NAME]]` tables; `key` is set to the table's name.

    What is wrong with some of them is added to `problems`.
    """
    text = text_of(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReferenceDataError(path.name, 0, f"expected TOML, got {error}") from None
    lines = _lines_of_tables(text)
    for name in content.keys() - lines.keys():
        problems.refuse(path.name, 0, f"expected tables [[...]] only, got {name!r}")
    tables = [
        (line, {**table, key: name})
        for name in content.keys() & lines.keys()
        for line, table in zip(lines[name], content[name], strict=True)
    ]
    return _records(path, sorted(tables, key=itemgetter(0)), record, problems)


def _lines_of_tables(text: str) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _HEADER.match(line):
            lines.setdefault(match["name"], []).append(number)
    return lines


def read_rows(path: Path, record: type[Record], problems: Problems) -> list[Read[Record]]:
    """Return the records of a CSV file with a header; an empty cell is a field left out.

    What is wrong with some of them is added to `problems`.
    """
    rows = [
        (line, {name: cell for name, cell in cells.items() if cell})
        for line, cells in cells_of(path, problems)
    ]
    return _records(path, rows, record, problems, strict=False)


def cells_of(path: Path, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
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
            problems.refuse(path.name, number, f"expected {len(header)} cells, got {len(row)}")
            continue
        yield number, {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _records(
    path: Path,
    given: Iterable[tuple[int, dict[str, Any]]],
    record: type[Record],
    problems: Problems,
    *,
    strict: bool = True,
) -> list[Read[Record]]:
    read = []
    for line, fields in given:
        try:
            read.append(Read(line, msgspec.convert(fields, record, strict=strict)))
        except msgspec.ValidationError as error:
            problems.refuse(path.name, line, _explained(str(error), fields, record))
    return read


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
