"""Reference data that cannot be used is refused in one line: file, line, expected, got."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.reference.errors import ReferenceDataError
from schemas.reference.loading import load_reference
from tests.unit.schemas.reference.builders import ROW, changed, refusal, write

REGIMES = "regimes.toml"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"channels": '["post", "air"]'},
            "channels: expected one of post, express, other, got ['post', 'air'] (row X)",
        ),
        ({"basis": '"half"'}, "basis: expected one of intrinsic, tax, got 'half' (row X)"),
        ({"limit": '"150"'}, "limit: expected `float | null`, got '150' (row X)"),
        ({"limit": "0"}, "limit: expected `float` > 0.0, got 0 (row X)"),
        ({"source": ""}, "Object missing required field `source` (row X)"),
        ({"until": '"x"'}, "Object contains unknown field `until` (row X)"),
        ({"destination": '"ZZ"'}, "destination: expected one of the territories, got 'ZZ'"),
        ({"currency": '"EUX"'}, "currency: expected an ISO 4217 currency, got 'EUX'"),
        ({"origins": '["QQ"]'}, "posted_in, origins: expected ISO 3166 countries, got 'QQ'"),
        ({"doubtful": '["x"]'}, "doubtful: expected names of fields, got 'x'"),
        (
            {"rule": '"per-line"'},
            "amount: expected a number with rule 'per-line', got None",
        ),
        ({"amount": "3"}, "amount: expected none with rule 'none', got 3.0"),
        (
            {"rule": '"ad-valorem"'},
            "rate_percent: expected a number with rule 'ad-valorem', got None",
        ),
        (
            {"rule": '"ad-valorem"', "rate_percent": "2.125"},
            "rate_percent: expected at most two decimals, got 2.125",
        ),
        (
            {"basis": '"tax"'},
            "basis: expected 'intrinsic' but for a tax with a limit, got 'tax'",
        ),
        (
            {"valid_from": "2026-07-02", "valid_to": "2026-07-01"},
            "valid_to: expected 2026-07-02 or later, got 2026-07-01",
        ),
    ],
)
def test_load_a_row_that_breaks_its_schema_says_line_expected_and_got(
    tmp_path: Path, fields: dict[str, str], said: str
) -> None:
    assert refusal(tmp_path, REGIMES, ROW.replace('"X"', '"W"') + changed(**fields)) == (
        f"regimes.toml line 11: {said}"
    )


@pytest.mark.parametrize(
    ("table", "rule", "said"),
    [
        ("tax", '"per-parcel"\namount = 1', "rule: expected 'none' or 'standard' for a tax"),
        ("fee", '"standard"', "rule: expected a fixed amount or a rate for a fee"),
    ],
)
def test_load_a_rule_that_its_charge_cannot_have_is_refused(
    tmp_path: Path, table: str, rule: str, said: str
) -> None:
    text = changed(rule=rule).replace("[[duty]]", f"[[{table}]]")
    assert said in refusal(tmp_path, REGIMES, text)


def test_load_a_tax_limit_in_another_currency_is_refused(tmp_path: Path) -> None:
    text = changed(basis='"tax"', currency='"USD"').replace("[[duty]]", "[[tax]]")
    said = "regimes.toml line 2: currency: expected AUD with basis 'tax', got USD"
    assert refusal(tmp_path, REGIMES, text) == said


def test_load_a_code_twice_is_refused_at_the_second(tmp_path: Path) -> None:
    said = "regimes.toml line 11: code: expected a new one, got 'X'"
    assert refusal(tmp_path, REGIMES, ROW + ROW) == said


def test_load_a_table_of_another_name_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, REGIMES, ROW.replace("[[duty]]", "[[levy]]"))
    assert said.startswith("regimes.toml line 2: charge: expected one of duty, surcharge, tax, fee")


def test_load_a_setting_outside_of_tables_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, REGIMES, f"version = 2\n{ROW}")
    assert said == "regimes.toml: expected tables [[...]] only, got 'version'"


def test_load_malformed_toml_says_where(tmp_path: Path) -> None:
    said = refusal(tmp_path, REGIMES, '[[duty]]\ncode = "X\n')
    assert said.startswith("regimes.toml: expected TOML, got ")
    assert "line 2" in said


def test_load_a_misspelt_file_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    said = refusal(tmp_path, "regime.toml", ROW)
    assert said.startswith("regime.toml: expected one of territories.csv, regimes.toml,")


def test_load_from_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="expected a folder, got none"):
        load_reference(tmp_path / "none")


def test_load_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / REGIMES).write_bytes(b"\xff\xfe")
    with pytest.raises(ReferenceDataError, match=r"regimes.toml: .* bytes that are not UTF-8"):
        load_reference(tmp_path)


@pytest.mark.parametrize("code", ["AU-GST", "NO-SUCH-ROW"])
def test_switch_on_a_row_that_is_not_off_is_refused(code: str) -> None:
    with pytest.raises(ReferenceDataError, match=f"got '{code}'"):
        load_reference(switched_on=[code])


VAT = "destination,rate_percent,valid_from,valid_to,source\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "vat_rates.csv",
            f"# note\n{VAT}DE,19,2021-01-01,,law\nDE,16,2020-07-01,2021-01-01,law\n",
            "vat_rates.csv line 4: expected rates that do not overlap, got one that line 3 does",
        ),
        (
            "vat_rates.csv",
            f"{VAT}XX,19,,,law\n",
            "vat_rates.csv line 2: destination: expected one of the territories, got 'XX'",
        ),
        ("vat_rates.csv", f"{VAT}DE,19,,law\n", "vat_rates.csv line 2: expected 5 cells, got 4"),
        (
            "vat_rates.csv",
            f"{VAT}DE,x,,,law\n",
            "vat_rates.csv line 2: rate_percent: expected `float`, got 'x'",
        ),
        (
            "vat_rates.csv",
            f"{VAT}DE,19,1.1.2021,,law\n",
            "vat_rates.csv line 2: valid_from: expected a date like 2026-07-01, got '1.1.2021'",
        ),
        (
            "duty_rates.csv",
            "destination,first_chapter,last_chapter,rate_percent,status,source\n"
            "*,0,60,4,estimate,x\n*,60,99,4,estimate,x\n",
            "duty_rates.csv line 3: expected one rate for chapter 60, got another in line 2",
        ),
        (
            "duty_rates.csv",
            "destination,first_chapter,last_chapter,rate_percent,status,source\n"
            "*,0,97,4,estimate,x\n",
            "duty_rates.csv: expected rates of * for chapters 0-99, got none for 98",
        ),
        (
            "territories.csv",
            "code,name,currency,time_zone\nDE,Germany,EUR,Europe/Bonn\n",
            "territories.csv line 2: time_zone: expected an IANA time zone, got 'Europe/Bonn'",
        ),
    ],
)
def test_load_a_csv_line_that_cannot_be_used_says_line_expected_and_got(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    assert refusal(tmp_path, name, text) == said


def test_load_a_folder_with_one_file_takes_the_packaged_others(tmp_path: Path) -> None:
    reference = load_reference(write(tmp_path, REGIMES, ROW))
    assert [row.code for row in reference.regimes] == ["X"]
    assert reference.territories == load_reference().territories
    assert reference.version != load_reference().version
