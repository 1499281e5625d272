"""The IOSS ledger of one partition: running totals in whole cents, each delta counted once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas import ledger
from schemas.ledger import LedgerCorrection, LedgerDeltas, LedgerEntry, LedgerLine

Account = tuple[str, str]
"""An IOSS number and a month."""

MOST_CORRECTIONS: Final = 1_000
"""Of an entry: a record of the ledger must stay small enough for a broker to take."""


class _Delta(NamedTuple):
    ioss: str
    month: str
    destination: str
    currency: str
    parcels: int
    value: int
    vat: int
    excluded: int


class LedgerBook:
    """Entries by number and month. What is in an entry is told by its `offset`.

    >>> book = LedgerBook()
    >>> what = (("IM1",), ("2026-11",), ("DE",), ("EUR",))
    >>> record = LedgerDeltas(1, *what, parcels=(1,), values=(900,), vats=(171,), excluded=(0,))
    >>> book.add(7, record)
    >>> book.add(7, record)
    >>> [(entry.offset, entry.lines[0].vat) for entry in book.changes()]
    [(7, 171)]
    """

    def __init__(self) -> None:
        self.entries: dict[Account, LedgerEntry] = {}
        self._changed: set[Account] = set()
        self.refused = 0

    def add(self, offset: int, record: LedgerDeltas) -> None:
        """Count the record at `offset`, except in the entries that have it in them already."""
        opened: dict[Account, LedgerEntry | None] = {}
        for delta in _deltas(record):
            account = (delta.ioss, delta.month)
            if account not in opened:
                opened[account] = self._open(account, offset)
            entry = opened[account]
            if entry is not None:
                _add(entry, delta)
        for correction in record.corrections:
            account = (correction.ioss, correction.month)
            if account not in opened:
                opened[account] = self._open(account, offset)
            entry = opened[account]
            if entry is not None:
                self._correct(entry, correction)

    def of(self, ioss: str) -> list[LedgerEntry]:
        """Return the entries of an IOSS number."""
        return [entry for (number, _), entry in self.entries.items() if number == ioss]

    def load(self, entry: LedgerEntry) -> None:
        """Take in an entry as it was kept."""
        self.entries[entry.ioss, entry.month] = entry

    def changes(self) -> list[LedgerEntry]:
        """Return the entries that have changed since the last call."""
        changed, self._changed = sorted(self._changed), set()
        return [self.entries[account] for account in changed]

    def _open(self, account: Account, offset: int) -> LedgerEntry | None:
        """Return the entry to add to, None if it has the record in it already."""
        entry = self.entries.get(account)
        if entry is None:
            entry = LedgerEntry(ledger.SCHEMA_VERSION, *account)
            self.entries[account] = entry
        if offset <= entry.offset:
            return None
        entry.offset = offset
        self._changed.add(account)
        return entry

    def _correct(self, entry: LedgerEntry, correction: LedgerCorrection) -> None:
        known = any(one.correction_id == correction.correction_id for one in entry.corrections)
        if known or len(entry.corrections) >= MOST_CORRECTIONS:
            self.refused += not known
            return
        entry.corrections.append(correction)


def _deltas(record: LedgerDeltas) -> Iterator[_Delta]:
    columns = (
        record.numbers,
        record.months,
        record.destinations,
        record.currencies,
        record.parcels,
        record.values,
        record.vats,
        record.excluded,
    )
    return map(_Delta._make, zip(*columns, strict=True))


def _add(entry: LedgerEntry, delta: _Delta) -> None:
    """Add to the line of the destination; money of different currencies is never added up."""
    for line in entry.lines:
        if line.destination == delta.destination and line.currency == delta.currency:
            break
    else:
        line = LedgerLine(delta.destination, delta.currency)
        entry.lines.append(line)
    line.parcels += delta.parcels
    line.value += delta.value
    line.vat += delta.vat
    line.excluded += delta.excluded
