"""Exchange rates are read in the layout that the European Central Bank publishes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.reference.errors import ReferenceDataError
from schemas.reference.exchange import ExchangeRates, read_exchange_rates


def rates(folder: Path, text: str) -> ExchangeRates:
    path = folder / "exchange_rates.csv"
    path.write_text(text, encoding="utf-8")
    return read_exchange_rates(path)


def test_read_the_banks_layout_gives_rates_by_day_the_earliest_first(tmp_path: Path) -> None:
    text = "Date,USD,HRK,\n2026-01-02,1.17,N/A,\n2022-12-30,1.07,7.5,\n"
    assert list(rates(tmp_path, text).by_day.items()) == [
        (date(2022, 12, 30), {"USD": 1.07, "HRK": 7.5}),
        (date(2026, 1, 2), {"USD": 1.17}),
    ]


def test_read_spaces_after_commas_and_comments_are_passed_over(tmp_path: Path) -> None:
    found = rates(tmp_path, "# sample\nDate, USD, JPY\n2026-01-02, 1.17, 184\n")
    assert found.by_day[date(2026, 1, 2)] == {"USD": 1.17, "JPY": 184.0}
    assert found.currencies == ("JPY", "USD")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Date,USD\n2.1.2026,1.1\n",
            "line 2: Date: expected a date like 2026-07-01, got '2.1.2026'",
        ),
        ("Day,USD\n2026-01-02,1.1\n", "line 2: Date: expected a date like 2026-07-01, got ''"),
        ("Date,dollar\n2026-01-02,1.1\n", "line 2: expected a column of a currency, got 'dollar'"),
        ("Date,USD\n2026-01-02,0\n", "line 2: USD: expected a rate > 0, got '0'"),
        ("Date,USD\n2026-01-02,nan\n", "line 2: USD: expected a rate > 0, got 'nan'"),
        ("Date,USD\n2026-01-02,x\n", "line 2: USD: expected a rate > 0, got 'x'"),
        (
            "Date,USD\n2026-01-02,1\n2026-01-02,2\n",
            "line 3: expected each date once, got 2026-01-02 again",
        ),
    ],
)
def test_read_a_line_that_cannot_be_used_says_line_expected_and_got(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ReferenceDataError) as caught:
        rates(tmp_path, text)
    assert str(caught.value) == f"exchange_rates.csv {said}"


@pytest.mark.parametrize("text", ["", "Date,USD\n"])
def test_read_a_file_without_rates_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReferenceDataError, match="expected rates of at least one day, got none"):
        rates(tmp_path, text)
