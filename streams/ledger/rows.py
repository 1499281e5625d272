"""Lines of a month's ledger or return, and the CSV files they stand in."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from schemas.errors import UserError
from schemas.ledger import LedgerEntry
from scorers.tower.ledgerbook import Account

DIGITS: Final = 2
"""Decimals of the euro: where IOSS applies, all is declared in it."""

SUPPLY: Final = "supply"
CORRECTION: Final = "correction"
COLUMNS: Final = (
    "ioss",
    "month",
    "kind",
    "corrects",
    "destination",
    "currency",
    "parcels",
    "value",
    "vat",
)
_NEEDED: Final = ("ioss", "month", "destination", "value", "vat")
_MOST_DIGITS: Final = 15


class LedgerFileError(UserError, ValueError):
    """A return that cannot be read. One line: file, line, expected, got."""


class RowKey(NamedTuple):
    """What a line is about; `corrects` is empty for supplies."""

    ioss: str
    month: str
    kind: str
    corrects: str
    destination: str
    currency: str


class Amounts(NamedTuple):
    """Parcels, and value and VAT in whole minor units."""

    parcels: int
    value: int
    vat: int


Rows = dict[RowKey, Amounts]


def rows_of(entries: Mapping[Account, LedgerEntry], month: str) -> Rows:
    """Return the lines of a month: supplies by destination, and corrections of earlier months."""
    rows: Rows = {}
    for (ioss, of), entry in sorted(entries.items()):
        if of != month:
            continue
        for line in entry.lines:
            if line.parcels:
                key = RowKey(ioss, of, SUPPLY, "", line.destination, line.currency)
                _add(rows, key, Amounts(line.parcels, line.value, line.vat))
        for one in entry.corrections:
            key = RowKey(ioss, of, CORRECTION, one.corrects, one.destination, one.currency)
            _add(rows, key, Amounts(0, one.value, one.vat))
    return rows


def write_rows(rows: Rows, out: TextIO) -> None:
    """Write lines as CSV, in a fixed order."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key, amounts in sorted(rows.items()):
        money = (decimal_of(amounts.value), decimal_of(amounts.vat))
        writer.writerow([*key, amounts.parcels, *money])


def read_rows(path: Path) -> Rows:
    """Return the lines of a return; lines about the same thing are added up.

    `kind` is a supply, `currency` the euro and `parcels` 0 where they are not given.
    """
    rows: Rows = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for number, line in enumerate(_lines(file, path), start=2):
            where = f"{path}:{number}"
            key = RowKey(
                line["ioss"],
                line["month"],
                line.get("kind") or SUPPLY,
                line.get("corrects") or "",
                line["destination"],
                line.get("currency") or "EUR",
            )
            parcels = line.get("parcels") or "0"
            if not parcels.isascii() or not parcels.isdigit() or len(parcels) > _MOST_DIGITS:
                raise LedgerFileError(f"{where}: expected a number of parcels, got {parcels!r}")
            value, vat = (minor_of(line[name], f"{where}: {name}") for name in ("value", "vat"))
            _add(rows, key, Amounts(int(parcels), value, vat))
    return rows


def decimal_of(minor: int) -> str:
    """Return minor units as a decimal number.

    >>> decimal_of(-1205)
    '-12.05'
    """
    return str(Decimal(minor).scaleb(-DIGITS))


def minor_of(text: str, where: str) -> int:
    """Return a decimal number in minor units; raise `LedgerFileError` for anything else.

    >>> minor_of("12.5", "return.csv:2: vat")
    1250
    """
    try:
        minor = Decimal(text).scaleb(DIGITS)
        whole = int(minor)
    except (InvalidOperation, ValueError, OverflowError):
        raise LedgerFileError(f"{where}: expected an amount such as 12.50, got {text!r}") from None
    if whole != minor:
        raise LedgerFileError(f"{where}: expected at most {DIGITS} decimals, got {text!r}")
    return whole


def _lines(file: Iterable[str], path: Path) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(file, restval="", strict=True)
    try:
        missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            expected = ", ".join(_NEEDED)
            raise LedgerFileError(f"{path}:1: expected the columns {expected}, got no {missing[0]}")
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        at = f"{path}:{reader.line_num + 1}"
        raise LedgerFileError(f"{at}: expected CSV in UTF-8, got {error}") from None


def _add(rows: Rows, key: RowKey, more: Amounts) -> None:
    before = rows.get(key, Amounts(0, 0, 0))
    sums = (one + other for one, other in zip(before, more, strict=True))
    rows[key] = Amounts(*sums)
