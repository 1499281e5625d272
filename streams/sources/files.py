"""Files of records: newline-delimited JSON or CSV, plain or gzip."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from schemas.manifest import Manifest


class SourceError(ValueError):
    """A file that cannot be read. One line: which file, expected, got."""


def open_bytes(path: Path) -> BinaryIO:
    """Open `path` for reading, unpacked if its name ends in `.gz`."""
    if not path.is_file():
        raise SourceError(f"{path}: expected a file, got none")
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


def read_values(path: Path) -> Iterator[bytes]:
    """Yield the value of every record in `path`, as it will stand on the topic.

    A line that is no valid manifest is yielded all the same: the worker rejects it with a reason.
    """
    if format_of(path) == "csv":
        for row in read_rows(path):
            yield manifest_value(row)
    else:
        with open_bytes(path) as file:
            yield from (line.strip() for line in file if line.strip())


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by column name; raise `SourceError` if it is not text."""
    with open_bytes(path) as raw:
        try:
            lines = (line.decode("utf-8-sig" if first else "utf-8") for first, line in _marked(raw))
            yield from csv.DictReader(lines)
        except (UnicodeDecodeError, csv.Error) as error:
            raise SourceError(f"{path}: expected CSV in UTF-8, got {error}") from None


def manifest_value(row: dict[str, str]) -> bytes:
    """Return a CSV row as a manifest's JSON. Columns are paths: `consignee.id`, `items.0.value`.

    An empty cell is an absent field. A row that makes no valid manifest is passed on as it is.

    >>> manifest_value({"item_id": "X", "items.0.quantity": "2", "eta": ""})
    b'{"item_id":"X","items":[{"quantity":"2"}]}'
    """
    tree = _tree({name: cell for name, cell in row.items() if cell})
    try:
        return msgspec.json.encode(msgspec.convert(tree, Manifest, strict=False))
    except msgspec.ValidationError:
        return msgspec.json.encode(tree)


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


def _marked(lines: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Yield each line with whether it is the first, which may start with a byte-order mark."""
    for number, line in enumerate(lines):
        yield number == 0, line
