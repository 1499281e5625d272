"""Files of the ledger: written and read back to the cent, refused in one line, compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger import LedgerCorrection, LedgerEntry, LedgerLine
from streams.ledger.comparing import mismatches, worded
from streams.ledger.rows import (
    Amounts,
    LedgerFileError,
    RowKey,
    decimal_of,
    minor_of,
    read_rows,
    rows_of,
    write_rows,
)
from tests.factories import PROPERTY

ENTRY = LedgerEntry(
    1,
    "IM1",
    "2026-11",
    lines=[LedgerLine("DE", "EUR", 2, 3780, 718), LedgerLine("GB", "GBP", excluded=1)],
    corrections=[LedgerCorrection("c-1", "IM1", "2026-11", "2026-10", "DE", "EUR", -100, -19)],
)
ROWS = rows_of({("IM1", "2026-11"): ENTRY, ("IM1", "2026-12"): ENTRY}, "2026-11")
SUPPLY = RowKey("IM1", "2026-11", "supply", "", "DE", "EUR")


def written(folder: Path, text: str) -> Path:
    """Return a file of some text."""
    file = folder / "return.csv"
    file.write_text(text)
    return file


@PROPERTY
@given(st.integers(-(10**15), 10**15))
def test_minor_units_written_as_decimals_read_back_the_same(minor: int) -> None:
    assert minor_of(decimal_of(minor), "here") == minor


def test_rows_of_a_month_are_its_supplies_and_corrections() -> None:
    correction = RowKey("IM1", "2026-11", "correction", "2026-10", "DE", "EUR")
    assert {SUPPLY: Amounts(2, 3780, 718), correction: Amounts(0, -100, -19)} == ROWS


def test_rows_written_and_read_back_have_no_mismatch(tmp_path: Path) -> None:
    file = tmp_path / "november.csv"
    with file.open("w", newline="") as out:
        write_rows(ROWS, out)
    assert mismatches(ROWS, read_rows(file)) == []


def test_return_without_optional_columns_is_of_supplies_in_euro(tmp_path: Path) -> None:
    file = written(tmp_path, "ioss,month,destination,value,vat\nIM1,2026-11,DE,37.80,7.18\n")
    assert read_rows(file) == {SUPPLY: Amounts(0, 3780, 718)}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("IM1,2026-11,DE,x,7.18", "2: value: expected an amount such as 12.50, got 'x'"),
        ("IM1,2026-11,DE,1,7.185", "2: vat: expected at most 2 decimals, got '7.185'"),
        ("IM1,2026-11,DE,1,NaN", "2: vat: expected an amount such as 12.50, got 'NaN'"),
    ],
)
def test_return_with_a_wrong_amount_is_refused_in_one_line(
    tmp_path: Path, line: str, problem: str
) -> None:
    file = written(tmp_path, f"ioss,month,destination,value,vat\n{line}\n")
    with pytest.raises(LedgerFileError) as error:
        read_rows(file)
    assert str(error.value) == f"{file}:{problem}"


def test_return_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerFileError, match=r"expected the columns .* got no vat"):
        read_rows(written(tmp_path, "ioss,month,destination,value\n"))


def test_mismatches_name_what_differs_and_where() -> None:
    other = {SUPPLY: Amounts(2, 3780, 700), SUPPLY._replace(destination="FR"): Amounts(1, 5, 1)}
    told = [worded(one, "return") for one in mismatches({SUPPLY: Amounts(2, 3780, 718)}, other)]
    assert told == [
        "IM1:2026-11:supply:DE:EUR: vat 7.18 in the ledger, 7.00 in the return",
        "IM1:2026-11:supply:FR:EUR: in the return alone, VAT 0.01",
    ]


def test_mismatches_without_counts_ignore_parcels() -> None:
    ledger, other = {SUPPLY: Amounts(2, 3780, 718)}, {SUPPLY: Amounts(0, 3780, 718)}
    assert mismatches(ledger, other, count=False) == []
    assert len(mismatches(ledger, other)) == 1
