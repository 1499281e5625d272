"""Words in which a record is refused: expected, got, path. The text is an interface."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas import example, manifest
from schemas.codec import (
    RecordError,
    decode_example,
    decode_manifest,
)
from tests.factories import item_json, manifest_json

REFUSALS = {
    "wrong_type": (
        {"total_value": "18.9"},
        "Expected `float`, got `str` - at `$.total_value`",
    ),
    "boolean_for_a_number": (
        {"total_value": True},
        "Expected `float`, got `bool` - at `$.total_value`",
    ),
    "null_for_a_required_field": (
        {"items": None},
        "Expected `array`, got `null` - at `$.items`",
    ),
    "quantity_of_nothing": (
        {"items": [item_json(), item_json(), item_json(quantity=0)]},
        "Expected `int` >= 1, got 0 - at `$.items[2].quantity`",
    ),
    "broken_quantity": (
        {"items": [item_json(quantity=2.5)]},
        "Expected `int`, got `float` - at `$.items[0].quantity`",
    ),
    "negative_value": (
        {"total_value": -1},
        "Expected `float` >= 0.0, got -1 - at `$.total_value`",
    ),
    "weightless_parcel": (
        {"gross_weight_kg": 0},
        "Expected `float` > 0.0, got 0 - at `$.gross_weight_kg`",
    ),
    "integer_beyond_floats": (
        {"total_value": 10**400},
        "Expected a finite number, got one out of range - at `$.total_value`",
    ),
    "no_items": (
        {"items": []},
        "Expected `array` of length >= 1, got length 0 - at `$.items`",
    ),
    "one_item_too_many": (
        {"items": [item_json()] * 100},
        "Expected `array` of length <= 99, got length 100 - at `$.items`",
    ),
    "description_too_long": (
        {"items": [item_json(description="x" * 513)]},
        "Expected `str` of length <= 512, got length 513 - at `$.items[0].description`",
    ),
    "empty_identifier": (
        {"manifest_id": ""},
        "Expected `str` of length >= 1, got length 0 - at `$.manifest_id`",
    ),
    "long_country": (
        {"destination_country": "DEU"},
        "Expected `str` of length <= 2, got length 3 - at `$.destination_country`",
    ),
    "unknown_channel": (
        {"channel": "boat"},
        "Expected one of the values allowed, got 'boat' - at `$.channel`",
    ),
    "naive_datetime": (
        {"submitted_at": "2026-11-01T08:00:00"},
        "Expected `datetime` with a timezone component, got length 19 - at `$.submitted_at`",
    ),
    "missing_field_of_an_item": (
        {"items": [{"description": "x"}]},
        "Expected field `hs_code`, got none - at `$.items[0]`",
    ),
    "missing_field_of_a_party": (
        {"consignee": {}},
        "Expected field `id`, got none - at `$.consignee`",
    ),
    "too_many_attributes": (
        {"attributes": {str(number): "" for number in range(65)}},
        "Expected `object` of length <= 64, got length 65 - at `$.attributes`",
    ),
    "version_as_text": (
        {"schema_version": "1"},
        "Expected `int`, got `str` - at `$.schema_version`",
    ),
    "version_zero": (
        {"schema_version": 0},
        "Expected schema_version 1, got 0 - at `$.schema_version`",
    ),
}


@pytest.mark.parametrize(("changes", "text"), REFUSALS.values(), ids=REFUSALS)
def test_decode_a_manifest_off_the_contract_says_expected_got_and_path(
    changes: dict[str, Any], text: str
) -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(manifest_json(**changes))
    assert str(caught.value) == text
    assert caught.value.path == text.rsplit("`", 2)[1]
    assert text == f"{caught.value.problem} - at `{caught.value.path}`"


def _with(old: bytes, new: bytes) -> bytes:
    assert old in manifest.EXAMPLE
    return manifest.EXAMPLE.replace(old, new)


MALFORMED = {
    "nan": (_with(b"18.9", b"NaN"), "invalid character"),
    "infinity": (_with(b"18.9", b"Infinity"), "invalid character"),
    "raw_null_byte": (_with(b'"m-1"', b'"m-\x00"'), "invalid character"),
    "null_byte_after_the_end": (manifest.EXAMPLE + b"\x00", "trailing characters"),
    "second_record": (manifest.EXAMPLE + manifest.EXAMPLE, "trailing characters"),
    "lone_high_surrogate": (_with(b'"m-1"', b'"m-\\ud800"'), "surrogate pair"),
    "lone_low_surrogate": (_with(b'"m-1"', b'"m-\\udc00"'), "surrogate pair"),
    "surrogate_in_utf8": (_with(b'"m-1"', b'"m-\xed\xa0\x80"'), "can't decode byte 0xed"),
    "byte_that_is_no_utf8": (_with(b'"m-1"', b'"m-\xff"'), "can't decode byte 0xff"),
    "byte_order_mark": (b"\xef\xbb\xbf" + manifest.EXAMPLE, "invalid character (byte 0)"),
    "utf_16": (manifest.EXAMPLE.decode().encode("utf-16"), "invalid character (byte 0)"),
}


@pytest.mark.parametrize(("raw", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_decode_malformed_json_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert caught.value.problem.startswith("Expected a JSON object, got malformed data: ")
    assert reason in caught.value.problem
    assert caught.value.path == "$"


@pytest.mark.parametrize("number", [b"1e999", b"-1e999"])
def test_decode_a_number_beyond_floats_is_refused_at_its_field(number: bytes) -> None:
    raw = manifest.EXAMPLE.replace(b'"total_value": 18.9', b'"total_value": ' + number)
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert str(caught.value) == (
        "Expected a finite number, got one out of range - at `$.total_value`"
    )


def test_decode_a_number_below_floats_counts_as_zero() -> None:
    raw = manifest.EXAMPLE.replace(b'"total_value": 18.9', b'"total_value": 1e-999')
    assert decode_manifest(raw).total_value == 0


def test_decode_escaped_null_and_surrogate_pair_are_text() -> None:
    raw = manifest.EXAMPLE.replace(b'"m-1"', b'"\\u0000\\ud83d\\ude00"')
    assert decode_manifest(raw).manifest_id == "\x00😀"


@pytest.mark.parametrize("raw", [None, b""], ids=["none", "empty"])
def test_decode_a_tombstone_is_refused(raw: bytes | None) -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert str(caught.value) == ("Expected a JSON object, got an empty value (tombstone) - at `$`")


@pytest.mark.parametrize(
    ("raw", "got"),
    [(b"[]", "array"), (b"null", "null"), (b'"x"', "str"), (b"1", "int"), (b"true", "bool")],
)
def test_decode_json_that_is_no_object_says_what_it_is(raw: bytes, got: str) -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert str(caught.value) == f"Expected `object`, got `{got}` - at `$`"


@pytest.mark.parametrize("end", range(1, len(manifest.EXAMPLE), 37))
def test_decode_truncated_json_is_refused(end: int) -> None:
    with pytest.raises(RecordError):
        decode_manifest(manifest.EXAMPLE[:end])


OFF_FORM = {
    "quantity_of_5000_digits": {"items": [item_json(quantity="@")]},
    "no_datetime": {"submitted_at": "yesterday"},
}


@pytest.mark.parametrize("changes", OFF_FORM.values(), ids=OFF_FORM)
def test_decode_any_value_off_the_contract_says_expected_and_got(changes: dict[str, Any]) -> None:
    raw = manifest_json(**changes).replace(b'"@"', b"9" * 5_000)
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert caught.value.problem.startswith("Expected ")
    assert ", got " in caught.value.problem


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"zone": "x" * 257}, "Expected `str` of length <= 256, got length 257"),
        ({"z" * 65: "x"}, "Expected `str` of length <= 64, got length 65"),
    ],
    ids=["value", "key"],
)
def test_decode_an_attribute_too_long_says_its_length(
    attributes: dict[str, str], problem: str
) -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(manifest_json(attributes=attributes))
    assert caught.value.problem == problem
    assert caught.value.path.startswith("$.attributes")


@pytest.mark.parametrize("second", [b"5", b"[]", b"{}", b'{"a": 1}', b"null", b'"x"'])
def test_decode_a_wrong_value_whose_key_comes_twice_is_refused(second: bytes) -> None:
    raw = manifest_json(attributes={"zone": "x" * 257})[:-1] + b', "attributes": ' + second + b"}"
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert caught.value.problem.startswith("Expected `str` of length <= 256, got ")


def test_decode_features_nested_within_reason_keeps_them() -> None:
    raw = example.EXAMPLE.replace(b"45.0", b"[" * 50 + b"]" * 50)
    assert json.dumps(decode_example(raw).features["value_per_kg"]) == "[" * 50 + "]" * 50
