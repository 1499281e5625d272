"""Manifests scanned into columns are those that the codec decodes, whatever the bytes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import MAX_RECORD_BYTES, RecordError, decode_manifest, encode
from schemas.manifest import EXAMPLE, Manifest
from scorers.features.declared import Declarations
from scorers.features.taken_apart import TakenApart
from scorers.scanning import plain
from scorers.scanning.declarations import ScannedManifests
from scorers.scanning.layouts import MANIFEST
from scorers.scanning.reading import read_manifests
from tests.factories import (
    PROPERTY,
    drawn_manifests,
    item_json,
    make_item,
    make_manifest,
    make_manifests,
    make_party,
    manifest_json,
)

TEXTS = list(MANIFEST.texts)
NUMBERS = list(MANIFEST.numbers)
OBJECTS = ["buyer", "deliver_to", "submitted_at", "posted_at", "eta"]


def all_of(declared: Declarations) -> dict[str, Any]:
    """Return every column, as values, numbers, bytes and hashes."""
    values = {path: list(declared.column(path)) for path in [*TEXTS, *OBJECTS]}
    numbers = {path: [str(one) for one in declared.numbers(path).tolist()] for path in NUMBERS}
    found = {path: declared.texts(path) for path in TEXTS if path != "attributes"}
    raw = {
        path: [
            bytes(some.data[at : at + size])
            for at, size in zip(some.starts, some.sizes, strict=True)
        ]
        for path, some in found.items()
    }
    parts = [(path, prefix) for path in found for prefix in (0, 4)]
    hashes = {part: some.tolist() for part, some in declared.hashes(parts).items()}
    counts = declared.item_counts.tolist()
    return {**values, "counts": counts, "numbers": numbers, "bytes": raw, "hashes": hashes}


def decoded(raws: Sequence[bytes | None]) -> tuple[list[Manifest], dict[int, str]]:
    """Return what the codec says of each record."""
    manifests, errors = [], {}
    for place, raw in enumerate(raws):
        try:
            manifests.append(decode_manifest(raw))
        except RecordError as error:
            errors[place] = str(error)
    return manifests, errors


def assert_as_decoded(raws: Sequence[bytes | None]) -> Declarations:
    manifests, errors = decoded(raws)
    declared, found = read_manifests(raws)
    assert {place: str(error) for place, error in found.items()} == errors
    assert all_of(declared) == all_of(TakenApart(manifests))
    return declared


@given(st.lists(drawn_manifests(), max_size=4))
@PROPERTY
def test_read_any_manifests_gives_the_columns_of_the_records(manifests: list[Manifest]) -> None:
    assert isinstance(assert_as_decoded([encode(one) for one in manifests]), ScannedManifests)


@given(
    st.lists(st.builds(make_manifests, st.just(1), st.integers(0, 10**6)), max_size=4),
    st.booleans(),
    st.sampled_from([None, 0, 3]),
    st.sampled_from([(",", ":"), (" , ", "\t:\r\n ")]),
)
@PROPERTY
def test_read_manifests_of_any_spacing_and_escaping_gives_the_same_columns(
    drawn: list[list[Manifest]], ascii_only: bool, indent: int | None, separators: tuple[str, str]
) -> None:
    plain = [json.loads(encode(one)) for (one,) in drawn]
    raws = [
        json.dumps(one, ensure_ascii=ascii_only, indent=indent, separators=separators).encode()
        for one in plain
    ]
    assert isinstance(assert_as_decoded(raws), ScannedManifests)


@given(data=st.data())
@PROPERTY
def test_read_records_with_damaged_bytes_gives_what_the_codec_gives(data: st.DataObject) -> None:
    raws: list[bytes | None] = []
    for _ in range(data.draw(st.integers(1, 4))):
        damaged = bytearray(EXAMPLE)
        for _ in range(data.draw(st.integers(0, 3))):
            place = data.draw(st.integers(0, max(len(damaged) - 1, 0)))
            if not damaged:
                break
            match data.draw(st.sampled_from(["change", "drop", "add", "cut"])):
                case "change":
                    damaged[place] = data.draw(st.integers(0, 255))
                case "drop":
                    del damaged[place]
                case "add":
                    damaged.insert(
                        place, data.draw(st.sampled_from(list(b'"\\{}[],:\x00\xff 0.e-')))
                    )
                case _:
                    del damaged[place + 1 :]
        raws.append(bytes(damaged))
    assert_as_decoded(raws)


NUMBER = st.one_of(
    st.floats(0, 2e15).map(repr),
    st.integers(0, 10**17).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(["00", "1.", ".5", "1e", "1e+", "+1", "NaN", "-0", "1e400", "0x1", "true"]),
)


@given(NUMBER, st.sampled_from(["total_value", "gross_weight_kg", "postage", "quantity"]))
@PROPERTY
def test_read_any_number_gives_the_float_or_the_error_of_the_codec(text: str, field: str) -> None:
    mark = 31415926
    given = {"quantity": mark} if field == "quantity" else {}
    raw = manifest_json(**({} if given else {field: mark}), items=[item_json(**given)])
    assert_as_decoded([EXAMPLE, raw.replace(str(mark).encode(), text.encode()), EXAMPLE])


@pytest.mark.parametrize(
    "instant",
    [
        "2026-11-01T08:00:00Z",
        "2026-11-01T08:00:00.5Z",
        "2026-11-01T08:00:00.123456+08:00",
        "2026-11-01T08:00:00.1234567Z",
        "2026-11-01T08:00:00-23:59",
        "2024-02-29T23:59:59Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-11-01T24:00:00Z",
        "2026-11-01T08:00:60Z",
        "2026-11-01T08:00:00",
        "2026-11-01 08:00:00Z",
        "2026-11-01t08:00:00z",
        "2026-13-01T08:00:00Z",
        "2026-00-01T08:00:00Z",
        "2026-01-00T08:00:00Z",
        "1969-12-31T23:59:59.9Z",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59Z",
        "2026-11-01T08:00:00+0800",
        "2026-11-01T08:00:00+24:00",
        "2026-11-01T08:00:00.Z",
        "",
    ],
)
def test_read_an_instant_gives_the_seconds_or_the_error_of_the_codec(instant: str) -> None:
    assert_as_decoded([manifest_json(submitted_at=instant), EXAMPLE])
    assert_as_decoded([manifest_json(eta=instant), EXAMPLE])


@given(st.datetimes())
@PROPERTY
def test_read_the_instant_of_any_date_gives_its_seconds(when: Any) -> None:
    assert_as_decoded([manifest_json(eta=f"{when.isoformat()}Z")])


ODD = [
    *(
        manifest_json(**changes)
        for changes in (
            {"unknown": {"a": [1, "}", None]}},
            {"eta": None, "postage": None, "buyer": None, "deliver_to": None},
            {"item_id": None},
            {"item_id": 5},
            {"item_id": ""},
            {"item_id": "x" * 36},
            {"manifest_id": "é" * 64},
            {"manifest_id": "é" * 65},
            {"channel": "sea"},
            {"channel": "POST"},
            {"incoterm": "DAP"},
            {"schema_version": 2},
            {"schema_version": 1.0},
            {"items": []},
            {"items": {}},
            {"items": [item_json()] * 99},
            {"items": [item_json()] * 100},
            {"items": [item_json(), 5]},
            {"items": [item_json(), {}]},
            {"items": [item_json(quantity=0)]},
            {"items": [item_json(quantity=2.0)]},
            {"items": [item_json(quantity=10_000_001)]},
            {"items": [item_json(description="\U0001f4e6 “box”\n\t\0\x7f")]},
            {"consignor": {}},
            {"consignor": "shipper"},
            {"consignor": {"id": "s", "items": [item_json()]}},
            {"buyer": {"id": "b", "kind": "business"}},
            {"buyer": {"id": "b"}},
            {"buyer": {"id": ""}},
            {"attributes": {}},
            {"attributes": {"tax_type": "A", "x": "\u4e2d\ud83d\ude00"}},
            {"attributes": {"tax_type": 5}},
            {"attributes": {"x" * 65: "y"}},
            {"attributes": {"x": "y" * 257}},
            {"attributes": {str(number): "" for number in range(64)}},
            {"attributes": {str(number): "" for number in range(65)}},
            {"attributes": None},
            {"gross_weight_kg": 0},
            {"gross_weight_kg": 1e15},
            {"gross_weight_kg": 1.0000000000000002e15},
            {"total_value": -0.0},
            {"total_value": "5"},
        )
    ),
    EXAMPLE.replace(b'"EUR"', b'"EU\\u0052"'),
    EXAMPLE.replace(b'"EUR"', b'"EU\\ud800"'),
    EXAMPLE.replace(b'"EUR"', b'"EU\\udc00"'),
    EXAMPLE.replace(b'"EUR"', b'"\\ud83d\\ude00UR"'),
    EXAMPLE.replace(b'"EUR"', b'"EU\\x52"'),
    EXAMPLE.replace(b'"EUR"', b'"EU\\u00"'),
    EXAMPLE.replace(b'"EUR"', b'"EU\x01"'),
    EXAMPLE.replace(b'"EUR"', b'"EU\xc3"'),
    EXAMPLE.replace(b'"EUR"', b'"EU\xed\xa0\x80"'),
    EXAMPLE.replace(b'"EUR"', b'"\xf0\x9f\x98\x80UR"'),
    EXAMPLE.replace(b'"EUR"', b'"USD", "currency": "EUR"'),
    EXAMPLE.replace(b'"currency"', b'"\\u0063urrency"'),
    EXAMPLE.replace(b'"currency": "EUR",', b""),
    EXAMPLE.replace(b"],", b"]").replace(b"]\n}", b"],\n}"),
    EXAMPLE + b" \n",
    b" \t" + EXAMPLE,
    EXAMPLE + b"}",
    EXAMPLE[:-1],
    EXAMPLE + EXAMPLE,
    b"[" + EXAMPLE + b"]",
    b"{}",
    b"null",
    b"",
    None,
    b"\xef\xbb\xbf" + EXAMPLE,
    EXAMPLE + b" " * (MAX_RECORD_BYTES + 1 - len(EXAMPLE)),
    EXAMPLE + b" " * (MAX_RECORD_BYTES - len(EXAMPLE)),
]


@pytest.mark.parametrize("raw", ODD, ids=range(len(ODD)))
def test_read_an_odd_record_among_others_gives_what_the_codec_gives(raw: bytes | None) -> None:
    assert_as_decoded([EXAMPLE, raw, EXAMPLE])
    assert_as_decoded([raw])


def test_read_all_odd_records_at_once_gives_what_the_codec_gives() -> None:
    assert_as_decoded(ODD)


def test_read_no_records_gives_no_parcels() -> None:
    assert len(assert_as_decoded([])) == 0


def test_read_records_whose_ends_and_beginnings_make_one_together_refuses_both() -> None:
    whole = EXAMPLE.index(b'"channel"')
    assert len(assert_as_decoded([EXAMPLE[:whole], EXAMPLE[whole:]])) == 0


def test_some_values_are_those_of_the_column() -> None:
    manifests = [
        make_manifest(deliver_to=make_party(id=f"c-{n}") if n % 2 else None) for n in range(6)
    ]
    declared = read_manifests([encode(one) for one in manifests]).declared
    places = np.array([1, 4, 5])
    for path in [*TEXTS, *OBJECTS]:
        column = declared.column(path)
        assert declared.some(path, places) == [column[place] for place in places.tolist()]


def test_read_where_nothing_was_compiled_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    items = tuple(make_item(description=f"mug {number}") for number in range(3))
    raws = [encode(make_manifest(items=items)), b"{}", EXAMPLE]
    scanned = all_of(read_manifests(raws).declared)
    monkeypatch.setattr(plain, "scanner", None)
    declared, errors = read_manifests(raws)
    assert isinstance(declared, TakenApart)
    assert all_of(declared) == scanned
    assert list(errors) == [1]


@pytest.mark.skipif("CI" not in os.environ, reason="a developer may have no C compiler")
def test_scanner_is_compiled_where_all_must_be_tested() -> None:
    assert plain.scanner is not None
