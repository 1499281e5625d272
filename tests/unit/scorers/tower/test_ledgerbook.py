"""The ledger: whole cents, every delta once, corrections apart."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode_ledger_entry, encode
from schemas.ledger import LedgerCorrection, LedgerDeltas
from scorers.tower import ledgerbook
from scorers.tower.ledgerbook import LedgerBook
from tests.factories import PROPERTY

Row = tuple[str, str, str, int, int]
"""A number, a month, a destination, value and VAT."""

ROWS = st.tuples(
    st.sampled_from(["IM1", "IM2"]),
    st.sampled_from(["2026-11", "2026-12"]),
    st.sampled_from(["DE", "FR"]),
    st.integers(0, 15_000),
    st.integers(0, 4_000),
)
RECORDS = st.lists(st.lists(ROWS, max_size=4), max_size=8)


def deltas_of(rows: list[Row]) -> LedgerDeltas:
    """Return a record of one parcel a row."""
    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * 5
    ones, none = (1,) * len(rows), (0,) * len(rows)
    numbers, months, places, values, vats = columns
    euros = ("EUR",) * len(rows)
    return LedgerDeltas(1, numbers, months, places, euros, ones, values, vats, none)


def correction(number: int) -> LedgerCorrection:
    """Return a correction of its own."""
    return LedgerCorrection(f"c-{number}", "IM1", "2026-12", "2026-11", "DE", "EUR", -100, -19)


def totals(book: LedgerBook) -> Counter[tuple[str, str, str, str]]:
    """Return all money of a book, in cents."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for (ioss, month), entry in book.entries.items():
        for line in entry.lines:
            for name in ("parcels", "value", "vat"):
                found[ioss, month, line.destination, name] += getattr(line, name)
    return found


@PROPERTY
@given(RECORDS, st.data())
def test_ledger_killed_between_any_two_writes_and_read_again_has_equal_totals(
    records: list[list[Row]], data: st.DataObject
) -> None:
    whole, before, after = LedgerBook(), LedgerBook(), LedgerBook()
    for offset, rows in enumerate(records):
        whole.add(offset, deltas_of(rows))
    kept = data.draw(st.integers(0, len(records)))
    committed = data.draw(st.integers(0, kept))
    written: dict[tuple[str, str], bytes] = {}
    for offset, rows in enumerate(records[:kept]):
        before.add(offset, deltas_of(rows))
        if offset == committed - 1:  # All of this was flushed before it was committed.
            written |= {(one.ioss, one.month): encode(one) for one in before.changes()}
    flushed = before.changes()
    for entry in flushed[: data.draw(st.integers(0, len(flushed)))]:
        written[entry.ioss, entry.month] = encode(entry)
    for value in written.values():
        after.load(decode_ledger_entry(value))
    for offset in range(committed, len(records)):
        after.add(offset, deltas_of(records[offset]))
    assert totals(after) == totals(whole)


@PROPERTY
@given(RECORDS)
def test_ledger_read_twice_equals_the_sum_of_its_rows(records: list[list[Row]]) -> None:
    book = LedgerBook()
    for _ in range(2):
        for offset, rows in enumerate(records):
            book.add(offset, deltas_of(rows))
    expected: Counter[tuple[str, str, str, str]] = Counter()
    for ioss, month, place, value, vat in (row for rows in records for row in rows):
        for name, more in (("parcels", 1), ("value", value), ("vat", vat)):
            expected[ioss, month, place, name] += more
    assert +totals(book) == +expected


def test_correction_counts_once_by_its_id_in_the_month_that_states_it() -> None:
    book = LedgerBook()
    for offset in range(2):
        book.add(offset, LedgerDeltas(1, corrections=(correction(1),)))
    assert book.entries["IM1", "2026-12"].corrections == [correction(1)]
    assert ("IM1", "2026-11") not in book.entries


def test_corrections_beyond_the_bound_are_refused_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledgerbook, "MOST_CORRECTIONS", 2)
    book = LedgerBook()
    for offset in range(3):
        book.add(offset, LedgerDeltas(1, corrections=(correction(offset),)))
    assert book.refused == 1
    assert len(book.entries["IM1", "2026-12"].corrections) == 2


def test_money_of_another_currency_stands_in_a_line_of_its_own() -> None:
    book = LedgerBook()
    for offset, currency in enumerate(("EUR", "DKK", "EUR")):
        one = (1,)
        record = LedgerDeltas(1, ("IM1",), ("2026-11",), ("DK",), (currency,), one, one, one, (0,))
        book.add(offset, record)
    lines = book.entries["IM1", "2026-11"].lines
    assert [(line.currency, line.value) for line in lines] == [("EUR", 2), ("DKK", 1)]
