"""Files of records: newline-delimited JSON or CSV, plain or gzip."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from schemas.errors import UserError
from schemas.manifest import Manifest


class SourceError(UserError, ValueError):
    """A file that cannot be read. One line: which file, expected, got."""


def require_file(path: Path) -> None:
    """Raise `SourceError` if `path` is no file."""
    if not path.is_file():
        raise SourceError(f"{path}: expected a file, got none")


def open_bytes(path: Path) -> BinaryIO:
    """Open `path` for reading, unpacked if its name ends in `.gz`."""
    require_file(path)
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def format_of(path: Path) -> str:
    """Return `ndjson` or `csv`, by the file's name; raise `SourceError` for another.

    >>> format_of(Path("parcels.ndjson.gz")), format_of(Path("parcels.csv"))
    ('ndjson', 'csv')
    """
    name = path.name.removesuffix(".gz")
    if name.endswith(".csv"):
        return "csv"
    if name.endswith((".ndjson", ".jsonl", ".json")):
        return "ndjson"
    raise SourceError(f"{path}: expected a name ending in .ndjson, .jsonl, .csv (or .gz)")


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of `path` without a byte-order mark; raise `SourceError` if it is damaged."""
    with open_bytes(path) as file:
        try:
            for number, line in enumerate(file):
                yield line.removeprefix(codecs.BOM_UTF8) if number == 0 else line
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise SourceError(f"{path}: expected a whole gzip file, got {error}") from None


def read_values(path: Path) -> Iterator[bytes]:
    """Yield the value of every record in `path`, as it will stand on the topic.

    A line that is no valid manifest is yielded all the same: the worker rejects it with a reason.
    """
    if format_of(path) == "csv":
        for number, (_, row) in enumerate(read_rows(path)):
            if number == 0:
                _check_columns(path, row)
            yield manifest_value(row)
    else:
        yield from (line.strip() for line in read_lines(path) if line.strip())


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file by column name, each with the number of its last line.

    A cell that a short row lacks is empty. Raises `SourceError` for a file that is no CSV text.
    """
    reader = csv.DictReader((line.decode() for line in read_lines(path)), restval="")
    try:
        for row in reader:
            if None in row:
                columns = len(row) - 1
                raise SourceError(f"{path}:{reader.line_num}: expected {columns} cells, got more")
            yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: expected CSV in UTF-8, got {error}") from None


def manifest_value(row: dict[str, str]) -> bytes:
    """Return a CSV row as a manifest's JSON. Columns are paths: `consignee.id`, `items.0.value`.

    An empty cell is an absent field. A row that makes no valid manifest is passed on as it is.

    >>> manifest_value({"item_id": "X", "items.0.quantity": "2", "eta": ""})
    b'{"item_id":"X","items":[{"quantity":"2"}]}'
    """
    tree = _tree(_given(row))
    try:
        return msgspec.json.encode(msgspec.convert(tree, Manifest, strict=False))
    except msgspec.ValidationError:
        return msgspec.json.encode(tree)


_ITEM_COLUMN = re.compile(r"items\.[0-9]{1,4}(\..*)?", re.DOTALL)
_MAY_BE_EMPTY = ("description", "hs_code")
"""Fields that an item must have, and for which empty is a value."""


def _check_columns(path: Path, columns: Collection[str]) -> None:
    """Refuse columns that make no tree: texts that are also parents, items without a number."""
    for column in columns:
        if column.partition(".")[0] == "items" and not _ITEM_COLUMN.fullmatch(column):
            raise SourceError(f"{path}: expected columns like items.0.value, got {column!r}")
        parent = column
        while parent := parent.rpartition(".")[0]:
            if parent in columns:
                raise SourceError(f"{path}: expected {parent!r} or {column!r}, got both columns")


def _given(row: dict[str, str]) -> dict[str, str]:
    """Return the cells that say something: an empty text does only in an item that has others."""
    given = {column: cell for column, cell in row.items() if cell}
    items = {column.rpartition(".")[0] for column in given if column.startswith("items.")}
    empty = (f"{item}.{field}" for item in items for field in _MAY_BE_EMPTY)
    return {column: "" for column in empty if column in row} | given


def _tree(cells: dict[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, cell in cells.items():
        *parents, leaf = path.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = cell
    if "items" in tree:
        tree["items"] = [tree["items"][key] for key in sorted(tree["items"], key=int)]
    return tree
