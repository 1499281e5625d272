"""Protobuf definitions: numbers that stay, for every record."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas import field_numbers
from schemas.catalogue import RECORDS
from schemas.protobuf import changed_numbers, proto_text

RELEASED = Path(__file__).parents[3] / "schemas" / "released"
FILES = sorted(RELEASED.glob("*.proto"))

TEXT = """
package a.v1;

message Parcel {
  // Needed.
  optional string id = 1;
  repeated Line lines = 2;
  map<string, string> codes = 3;
}

message Line {
  optional int64 cents = 1;
}
"""


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("id = 1", "id = 4", "Parcel.id"),
        ("string id", "int64 id", "Parcel.id"),
        ("id = 1", "name = 1", "Parcel.id"),
        ("repeated Line", "optional Line", "Parcel.lines"),
        ("map<string, string> codes = 3", "optional string codes = 3", "Parcel.codes"),
        ("  optional int64 cents = 1;\n", "", "Line.cents"),
        ("message Line", "message Row", "Line.cents"),
    ],
)
def test_changed_numbers_of_a_changed_definition_name_the_field(
    old: str, new: str, path: str
) -> None:
    (problem,) = changed_numbers(TEXT, TEXT.replace(old, new))
    assert problem.startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  map<", "  optional string added = 4;\n  map<"),
        ("  optional int64 cents = 1;", "  reserved 1;  // cents"),
        ("// Needed.", "// Something else."),
    ],
)
def test_changed_numbers_of_a_field_more_or_reserved_are_none(old: str, new: str) -> None:
    assert changed_numbers(TEXT, TEXT.replace(old, new)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_numbers_of_a_released_version_stay(path: Path) -> None:
    name, _, version = path.stem.rpartition("-")
    if RECORDS[name].version > int(version):
        return
    assert changed_numbers(path.read_text(encoding="utf-8"), proto_text(name)) == []


def test_every_record_was_released_in_some_version() -> None:
    assert {path.stem.rpartition("-")[0] for path in FILES} == RECORDS.keys()


def test_field_numbers_that_are_kept_are_those_of_the_records() -> None:
    lists = field_numbers.read_lists()
    assert field_numbers.extended(lists) == lists, "run: make reference"


def test_extended_keeps_the_number_of_what_is_gone_and_puts_new_fields_at_the_end() -> None:
    lists = field_numbers.read_lists()
    fields = lists["outcome"]["InspectionOutcome"]
    before = {"outcome": {"InspectionOutcome": ["gone", *fields[:3]]}}
    after = field_numbers.extended(before)["outcome"]["InspectionOutcome"]
    assert after == ["gone", *fields]


def test_proto_text_reserves_the_number_of_what_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = field_numbers.read_lists()
    lists["outcome"]["InspectionOutcome"].insert(0, "gone")
    monkeypatch.setattr(field_numbers, "_lists", lambda: lists)
    text = proto_text("outcome")
    assert "  reserved 1;  // gone\n" in text
    assert "optional int64 schema_version = 2;" in text


@pytest.mark.parametrize("name", RECORDS)
def test_proto_text_of_every_record_has_no_type_that_it_lacks(name: str) -> None:
    text = proto_text(name)
    known = {
        "string",
        "int64",
        "double",
        "bool",
        *re.findall(r"^message (\w+)", text, re.MULTILINE),
    }
    used = set(re.findall(r"^  (?:optional|repeated) ([\w.]+) \w+ = ", text, re.MULTILINE))
    imported = {one for one in used if one.startswith("google.protobuf.")}
    assert used - imported <= known
    for one in imported:
        assert f'import "google/protobuf/{one.rpartition(".")[2].lower()}.proto";' in text
