"""The adapter of the customs declarations: columns to manifests, and files that are off."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from schemas.codec import decode_manifest, encode
from streams.sources.adapters import adapter_named
from streams.sources.customs_declarations import read_declarations
from streams.sources.files import SourceError

DECLARATION = {
    "Declaration ID": "97061800",
    "Date": "2020-01-02",
    "Office ID": "30",
    "Process Type": "B",
    "Import Type": "11",
    "Import Use": "21",
    "Payment Type": "12",
    "Mode of Transport": "40",
    "Declarant ID": "ZZR1LT6",
    "Importer ID": "QLRUBN9",
    "Seller ID": "0VKY2BR",
    "Courier ID": "C-9",
    "HS6 Code": "440890",
    "Country of Departure": "BE",
    "Country of Origin": "FR",
    "Tax Rate": "6.5",
    "Tax Type": "FEU1",
    "Country of Origin Indicator": "G",
    "Net Mass": "108.5",
    "Item Price": "372254.4",
    "Fraud": "0",
}


def write(tmp_path: Path, *rows: dict[str, str]) -> Path:
    """Write the declarations `rows`; the first one's keys are the columns."""
    path = tmp_path / "declarations.csv"
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_read_a_declaration_maps_every_column(tmp_path: Path) -> None:
    (record,) = read_declarations(write(tmp_path, DECLARATION))
    parcel = record.manifest
    (item,) = parcel.items
    assert (parcel.manifest_id, parcel.item_id) == ("97061800", "97061800")
    assert (parcel.id_scheme, parcel.channel) == ("hawb", "other")
    assert parcel.submitted_at == datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC)
    assert parcel.office_of_entry == "30"
    assert parcel.declarant_id == "ZZR1LT6"
    assert parcel.consignee.id == "QLRUBN9"
    assert (parcel.consignor.id, parcel.seller_id) == ("0VKY2BR", "0VKY2BR")
    assert parcel.operator_id == "C-9"
    assert (parcel.origin_post_country, parcel.destination_country) == ("BE", "KR")
    assert (parcel.gross_weight_kg, parcel.total_value, parcel.currency) == (108.5, 372254.4, "KRW")
    assert (item.hs_code, item.origin, item.quantity) == ("440890", "FR", 1)
    assert (item.net_weight_kg, item.value) == (108.5, 372254.4)
    assert parcel.attributes == {
        "process_type": "B",
        "import_type": "11",
        "import_use": "21",
        "payment_type": "12",
        "transport_mode": "40",
        "tax_rate": "6.5",
        "tax_type": "FEU1",
        "origin_mark": "G",
    }


def test_read_a_declaration_gives_a_manifest_of_the_contract(tmp_path: Path) -> None:
    (record,) = read_declarations(write(tmp_path, DECLARATION))
    assert decode_manifest(encode(record.manifest)) == record.manifest


@pytest.mark.parametrize(("fraud", "violation"), [("1", True), ("0", False)])
def test_read_a_declaration_says_its_day_and_what_was_found(
    tmp_path: Path, fraud: str, violation: bool
) -> None:
    (record,) = read_declarations(write(tmp_path, {**DECLARATION, "Fraud": fraud}))
    assert record.violation is violation
    assert record.day == datetime.date(2020, 1, 2)


def test_read_a_declaration_without_courier_seller_or_importer_names_a_stand_in(
    tmp_path: Path,
) -> None:
    empty = {**DECLARATION, "Courier ID": "", "Seller ID": "", "Importer ID": ""}
    (record,) = read_declarations(write(tmp_path, empty))
    parcel = record.manifest
    assert (parcel.operator_id, parcel.consignor.id) == ("none", "unknown")
    assert (parcel.consignee.id, parcel.seller_id) == ("unknown", "")
    assert decode_manifest(encode(parcel)) == parcel


@pytest.mark.parametrize(("mass", "gross"), [("0", 0.001), ("0.0005", 0.001), ("0.002", 0.002)])
def test_read_a_declaration_without_mass_states_the_least_gross_mass(
    tmp_path: Path, mass: str, gross: float
) -> None:
    (record,) = read_declarations(write(tmp_path, {**DECLARATION, "Net Mass": mass}))
    assert record.manifest.gross_weight_kg == gross
    assert record.manifest.items[0].net_weight_kg == float(mass)


def test_read_a_declaration_whose_code_lost_its_zero_puts_it_back(tmp_path: Path) -> None:
    (record,) = read_declarations(write(tmp_path, {**DECLARATION, "HS6 Code": "10121"}))
    assert record.manifest.items[0].hs_code == "010121"


def test_read_declarations_keeps_their_order(tmp_path: Path) -> None:
    rows = [{**DECLARATION, "Declaration ID": str(number)} for number in (3, 1, 2)]
    records = read_declarations(write(tmp_path, *rows))
    assert [record.manifest.manifest_id for record in records] == ["3", "1", "2"]


@pytest.mark.parametrize("column", DECLARATION)
def test_read_declarations_without_a_column_names_it(tmp_path: Path, column: str) -> None:
    row = {name: value for name, value in DECLARATION.items() if name != column}
    path = write(tmp_path, row)
    with pytest.raises(SourceError) as caught:
        list(read_declarations(path))
    assert str(caught.value) == f"{path}: expected the column {column!r}, got none"


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("Net Mass", "heavy", "could not convert string to float: 'heavy'"),
        ("Item Price", "", "could not convert string to float: ''"),
        ("Date", "02.01.2020", "time data '02.01.2020' does not match format '%Y-%m-%d'"),
    ],
)
def test_read_declarations_with_a_bad_value_names_file_and_line(
    tmp_path: Path, column: str, value: str, problem: str
) -> None:
    path = write(tmp_path, DECLARATION, DECLARATION, {**DECLARATION, column: value})
    records = read_declarations(path)
    assert [next(records).day, next(records).day] == [datetime.date(2020, 1, 2)] * 2
    with pytest.raises(SourceError) as caught:
        next(records)
    assert str(caught.value) == f"{path}:4: {problem}"


def test_read_declarations_with_a_bad_value_after_a_blank_line_names_its_line(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, {**DECLARATION, "Net Mass": "heavy"})
    path.write_text(path.read_text().replace("\n", "\n\n", 1))
    with pytest.raises(SourceError, match=r"declarations\.csv:3: "):
        list(read_declarations(path))


def test_read_declarations_with_a_short_row_names_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path, DECLARATION)
    path.write_text(path.read_text() + "97061801,2020-01-02\n")
    with pytest.raises(SourceError, match=r"declarations\.csv:3: "):
        list(read_declarations(path))


@pytest.mark.parametrize(
    ("column", "value"),
    [("Net Mass", "nan"), ("Item Price", "-5"), ("Country of Departure", ""), ("Fraud", "yes")],
)
def test_read_declarations_with_a_value_off_the_contract_names_file_and_line(
    tmp_path: Path, column: str, value: str
) -> None:
    path = write(tmp_path, {**DECLARATION, column: value})
    with pytest.raises(SourceError, match=r"declarations\.csv:2: "):
        list(read_declarations(path))


def test_find_the_adapter_by_name_gives_its_reader_and_spec() -> None:
    adapter = adapter_named("customs-declarations")
    assert adapter.read is read_declarations
    assert adapter.spec == "declarations"


def test_find_an_unknown_adapter_names_the_known_ones() -> None:
    with pytest.raises(SourceError) as caught:
        adapter_named("cn23")
    assert str(caught.value) == "Expected an adapter among customs-declarations, got 'cn23'"
