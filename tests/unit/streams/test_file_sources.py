"""Files of records: what stands on the topic for each line, and files that cannot be read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import manifest
from schemas.codec import RecordError, decode_manifest
from streams.sources.files import SourceError, format_of, manifest_value, read_values
from tests.factories import MANIFEST, PROPERTY, make_item, make_manifest, make_party

CSV_HEADER = (
    "schema_version,manifest_id,item_id,id_scheme,submitted_at,posted_at,platform_id,channel,"
    "operator_id,origin_post_country,destination_country,transaction_nature,consignor.id,"
    "consignee.id,consignee.name,gross_weight_kg,total_value,currency,"
    "items.0.description,items.0.hs_code,items.0.quantity,items.0.value,items.0.net_weight_kg,"
    "items.1.description,items.1.hs_code,items.1.quantity,items.1.value,items.1.net_weight_kg,"
    "postage,attributes.zone"
)
CSV_ROW = (
    "1,m-1,RR473124829CN,s10,2026-11-01T08:00:00Z,2026-10-31T17:30:00Z,platform-a,post,CNPOST,"
    'CN,DE,sale,shipper-7,c-1,"Muster, ""A""",0.42,20.5,EUR,'
    "t-shirt,610910,2,18.5,0.36,cap,650500,1,2,0.05,,7"
)


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_read_ndjson_yields_every_line_that_is_not_blank(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", b'{"a": 1}\n\n  \n\t{"b": 2} \r\nnot json\n{"c": 3}')
    assert list(read_values(path)) == [b'{"a": 1}', b'{"b": 2}', b"not json", b'{"c": 3}']


def test_read_ndjson_passes_bytes_that_are_no_text_on(tmp_path: Path) -> None:
    assert list(read_values(write(tmp_path / "a.jsonl", b"\xff\xfe\n"))) == [b"\xff\xfe"]


def test_read_ndjson_with_a_byte_order_mark_drops_it(tmp_path: Path) -> None:
    line = manifest.EXAMPLE.replace(b"\n", b"")
    path = write(tmp_path / "a.ndjson", b"\xef\xbb\xbf" + line)
    assert list(read_values(path)) == [line]


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.csv.gz"])
def test_read_a_gzip_file_equals_the_plain_one(tmp_path: Path, name: str) -> None:
    content = f"{CSV_HEADER}\n{CSV_ROW}\n".encode()
    plain = write(tmp_path / name.removesuffix(".gz"), content)
    packed = write(tmp_path / name, gzip.compress(content, mtime=0))
    assert list(read_values(packed)) == list(read_values(plain)) != []


def test_read_a_csv_row_gives_the_nested_manifest(tmp_path: Path) -> None:
    (value,) = read_values(write(tmp_path / "a.csv", f"{CSV_HEADER}\n{CSV_ROW}\n"))
    record = decode_manifest(value)
    assert record.consignee.name == 'Muster, "A"'
    assert [(i.description, i.quantity, i.value) for i in record.items] == [
        ("t-shirt", 2, 18.5),
        ("cap", 1, 2.0),
    ]
    assert record.postage is None
    assert record.attributes == {"zone": "7"}
    assert record.submitted_at == MANIFEST.submitted_at


def test_read_a_csv_row_with_numbers_of_more_than_ten_items_keeps_their_order() -> None:
    cells = {f"items.{n}.description": f"item {n}" for n in (10, 2, 0, 1, 9)}
    items = json.loads(manifest_value(cells))["items"]
    assert [item["description"] for item in items] == [f"item {n}" for n in (0, 1, 2, 9, 10)]


def test_read_a_csv_row_that_is_no_manifest_passes_it_on_to_be_rejected(tmp_path: Path) -> None:
    damaged = CSV_ROW.replace("610910,2,18.5", "610910,two,18.5")
    good, bad = read_values(write(tmp_path / "a.csv", f"{CSV_HEADER}\n{CSV_ROW}\n{damaged}\n"))
    assert decode_manifest(good)
    assert json.loads(bad)["items"][0]["quantity"] == "two"
    with pytest.raises(RecordError, match=r"^Expected `int`, got `str`|schema_version"):
        decode_manifest(bad)


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbfitem_id,ioss\nX,\n", b"item_id,ioss\r\nX,\r\n", b'"item_id"\n"X"\n'],
    ids=["byte_order_mark", "windows_lines", "quoted"],
)
def test_read_csv_of_any_usual_dialect_gives_the_same(tmp_path: Path, content: bytes) -> None:
    assert list(read_values(write(tmp_path / "a.csv", content))) == [b'{"item_id":"X"}']


@pytest.mark.parametrize("content", [b"", b"item_id\n"], ids=["empty", "header_only"])
def test_read_csv_without_rows_yields_nothing(tmp_path: Path, content: bytes) -> None:
    assert list(read_values(write(tmp_path / "a.csv", content))) == []


def test_read_a_short_csv_row_leaves_the_missing_cells_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"item_id,ioss\nX\n")
    assert list(read_values(path)) == [b'{"item_id":"X"}']


@given(
    st.text(min_size=1, max_size=20),
    st.integers(1, 10**7),
    st.floats(0, 1e12),
)
@PROPERTY
def test_write_a_manifest_as_a_csv_row_and_back_keeps_it(
    text: str, quantity: int, value: float
) -> None:
    record = make_manifest(
        items=(make_item(description=text, quantity=quantity, value=value), make_item()),
        total_value=value,
        deliver_to=make_party(name=text, street=""),
        attributes={"zone": "7"},
    )
    assert decode_manifest(manifest_value(_flat(msgspec.to_builtins(record)))) == record


def test_read_a_missing_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "absent.csv"
    with pytest.raises(SourceError) as caught:
        list(read_values(path))
    assert str(caught.value) == f"{path}: expected a file, got none"


@pytest.mark.parametrize("name", ["a.txt", "a.gz", "a", "a.csv.zip", "a.parquet"])
def test_read_a_file_of_another_format_names_the_known_ones(name: str) -> None:
    with pytest.raises(SourceError) as caught:
        format_of(Path(name))
    assert str(caught.value) == (
        f"{name}: expected a name ending in .ndjson, .jsonl, .csv (or .gz)"
    )


@pytest.mark.parametrize("content", [b"item_id,x\nX,\xff\n", b"\xff\xfei\x00t\x00\n"])
def test_read_csv_that_is_no_utf_8_says_so(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "a.csv", content)
    with pytest.raises(SourceError) as caught:
        list(read_values(path))
    assert str(caught.value).startswith(f"{path}: expected CSV in UTF-8, got 'utf-8' codec")


def test_read_csv_with_a_huge_cell_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "item_id\n" + "x" * 200_000)
    with pytest.raises(SourceError, match="field larger than field limit"):
        list(read_values(path))


def test_read_a_csv_row_with_an_empty_description_gives_the_manifest(tmp_path: Path) -> None:
    row = CSV_ROW.replace("t-shirt", "")
    (value,) = read_values(write(tmp_path / "a.csv", f"{CSV_HEADER}\n{row}\n"))
    assert decode_manifest(value).items[0].description == ""


@pytest.mark.parametrize(
    "content",
    ["item_id\nX,Y\n", "consignee,consignee.id\nA,B\n", "items.x.value\n1\n", "items\nX\n"],
    ids=["more_cells_than_columns", "text_and_path", "item_without_a_number", "items_as_text"],
)
def test_read_csv_with_columns_that_make_no_tree_is_passed_on_or_refused(
    tmp_path: Path, content: str
) -> None:
    _read_or_refuse(write(tmp_path / "a.csv", content))


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.csv.gz"])
@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"item_id\n" * 1_000, mtime=0)[:-12], b"item_id\nX\n"],
    ids=["truncated", "not_packed"],
)
def test_read_a_damaged_gzip_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(SourceError):
        list(read_values(write(tmp_path / name, content)))


def _read_or_refuse(path: Path) -> None:
    try:
        list(read_values(path))
    except SourceError:
        return


def _flat(tree: object, prefix: str = "") -> dict[str, str]:
    """Return the leaves of `tree` by path, as a spreadsheet would hold them."""
    if not isinstance(tree, (dict, list, tuple)):
        return {prefix: str(tree)}
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree)
    cells: dict[str, str] = {}
    for key, value in entries:
        cells |= _flat(value, f"{prefix}.{key}" if prefix else str(key))
    return cells
