"""A schema that takes the place of a released one: what breaks others, and what does not."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import RECORDS
from schemas.channels import CHANNELS, Writer
from schemas.compatibility import breaking_changes
from schemas.jsonschema import json_schema

RELEASED = Path(__file__).parents[3] / "schemas" / "released"
FILES = sorted(RELEASED.glob("*.json"))

RECORD = {
    "$ref": "#/$defs/Parcel",
    "$defs": {
        "Parcel": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "maxLength": 35},
                "kind": {"enum": ["post", "express"]},
                "mass": {"type": "number", "exclusiveMinimum": 0},
                "note": {"type": "string", "default": ""},
                "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}, "maxItems": 9},
                "due": {"anyOf": [{"$ref": "#/$defs/Money"}, {"type": "null"}], "default": None},
            },
            "required": ["id", "kind", "mass", "lines"],
        },
        "Line": {
            "type": "object",
            "properties": {"value": {"type": "integer"}},
            "required": ["value"],
        },
        "Money": {
            "type": "object",
            "properties": {"cents": {"type": "integer"}, "rate": {"type": "number"}},
            "required": ["cents"],
        },
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the record with what stands at a path of its definitions set, or gone if None."""
    schema = copy.deepcopy(RECORD)
    node: Any = schema["$defs"]
    *steps, last = path.split("/")
    for step in steps:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return schema


CASES: list[tuple[str, Any, set[Writer]]] = [
    ("Parcel/required", ["id", "kind", "mass", "lines", "note"], {"others"}),
    ("Parcel/required", ["id", "kind", "mass"], {"greenlane"}),
    ("Parcel/properties/id/maxLength", 30, {"others"}),
    ("Parcel/properties/id/maxLength", 64, {"greenlane"}),
    ("Parcel/properties/id/maxLength", None, {"greenlane"}),
    ("Parcel/properties/id/type", "integer", {"others", "greenlane"}),
    ("Parcel/properties/id/format", "uuid", {"others"}),
    ("Parcel/properties/kind/enum", ["post"], {"others"}),
    ("Parcel/properties/kind/enum", ["post", "express", "courier"], {"greenlane"}),
    ("Parcel/properties/kind", {"type": "string"}, {"greenlane", "others"}),
    ("Parcel/properties/mass/exclusiveMinimum", 1, {"others"}),
    ("Parcel/properties/mass/exclusiveMinimum", -1, {"greenlane"}),
    ("Parcel/properties/note", None, {"greenlane"}),
    ("Parcel/properties/note/default", "none", {"others", "greenlane"}),
    ("Parcel/properties/lines/maxItems", 5, {"others"}),
    ("Parcel/properties/more", {"type": "string", "default": ""}, set()),
    ("Line/properties/value/type", "number", {"greenlane"}),
    ("Line/properties/value/minimum", 0, {"others"}),
    ("Money/properties/rate", None, {"greenlane"}),
    ("Money/properties/cents/type", "string", {"others", "greenlane"}),
    ("Parcel/properties/due/anyOf", [{"$ref": "#/$defs/Money"}], {"others"}),
]


@pytest.mark.parametrize("written_by", ["others", "greenlane"])
@pytest.mark.parametrize(("path", "value", "breaks"), CASES)
def test_breaking_changes_of_a_changed_schema_are_those_of_its_users(
    path: str, value: Any, breaks: set[Writer], written_by: Writer
) -> None:
    problems = breaking_changes(RECORD, changed(path, value), written_by)
    assert bool(problems) == (written_by in breaks), problems


@pytest.mark.parametrize("written_by", ["others", "greenlane"])
def test_breaking_changes_of_the_same_schema_are_none(written_by: Writer) -> None:
    assert breaking_changes(RECORD, copy.deepcopy(RECORD), written_by) == []


def test_breaking_changes_name_the_path_and_both_values() -> None:
    narrower = changed("Line/properties/value/minimum", 5)
    assert breaking_changes(RECORD, narrower, "others") == [
        "$.lines[...].value: minimum is 5, was not set"
    ]


def writers_of(record: str) -> set[Writer]:
    return {channel.written_by for channel in CHANNELS if channel.record == record}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_schema_of_a_released_version_breaks_nobody(path: Path) -> None:
    found = re.fullmatch(r"(.+)-(\d+)", path.stem)
    assert found is not None
    name, version = found[1], int(found[2])
    assert name in RECORDS, f"{name} was promised to others and is gone"
    if RECORDS[name].version > version:
        return
    released = json.loads(path.read_text(encoding="utf-8"))
    problems = [
        problem
        for written_by in writers_of(name)
        for problem in breaking_changes(released, json_schema(name), written_by)
    ]
    assert problems == [], "raise SCHEMA_VERSION of the record, or keep to what was promised"


def test_every_record_was_released_in_some_version() -> None:
    assert {path.stem.rpartition("-")[0] for path in FILES} == RECORDS.keys(), (
        "a new record: python -m docs.generating --release"
    )
