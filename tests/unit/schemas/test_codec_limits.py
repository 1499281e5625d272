"""Records made to hurt: huge, deep, or with a huge value in the refusal."""

from __future__ import annotations

import json

import pytest

from schemas import example, manifest
from schemas.codec import (
    MAX_RECORD_BYTES,
    RecordError,
    decode_decision,
    decode_example,
    decode_manifest,
    encode,
)
from schemas.manifest import MAX_ITEMS
from tests.factories import item_json, manifest_json

DEPTH = 100_000


def test_decode_ten_thousand_items_is_refused_with_their_number() -> None:
    item = {"description": "", "hs_code": "", "quantity": 1, "value": 0, "net_weight_kg": 0}
    with pytest.raises(RecordError) as caught:
        decode_manifest(manifest_json(items=[item] * 10_000))
    assert str(caught.value) == (
        "Expected `array` of length <= 99, got length 10000 - at `$.items`"
    )


def test_decode_ten_megabytes_is_refused_by_size() -> None:
    raw = manifest_json(attributes={"a": "x" * 10_000_000})
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert str(caught.value) == f"Expected at most 1048576 bytes, got {len(raw)} - at `$`"


@pytest.mark.parametrize(("extra", "accepted"), [(0, True), (1, False)])
def test_decode_at_the_size_limit_is_accepted_and_one_byte_more_is_not(
    extra: int, accepted: bool
) -> None:
    raw = manifest.EXAMPLE.ljust(MAX_RECORD_BYTES + extra)
    if accepted:
        assert decode_manifest(raw) == decode_manifest(manifest.EXAMPLE)
    else:
        with pytest.raises(RecordError, match="Expected at most 1048576 bytes, got 1048577"):
            decode_manifest(raw)


@pytest.mark.parametrize("letter", ["x", "手", "😀", "\x01"], ids=["ascii", "cjk", "emoji", "nul"])
def test_decode_the_largest_manifest_of_the_contract_stays_below_the_size_limit(
    letter: str,
) -> None:
    party = {"id": letter * 64, "postcode": letter * 32, "country": letter * 2}
    party |= dict.fromkeys(("name", "street", "city"), letter * 256)
    item = item_json(
        description=letter * 512,
        hs_code=letter * 12,
        product_ref=letter * 64,
        dangerous_goods=letter * 6,
        origin=letter * 2,
        value=123456789012345.67,
    )
    raw = manifest_json(
        items=[item] * MAX_ITEMS,
        attributes={f"{number:02}" + letter * 62: letter * 256 for number in range(64)},
        **dict.fromkeys(("consignor", "consignee", "buyer", "deliver_to"), party),
        **dict.fromkeys(("seller_id", "order_id", "master_ref", "ioss", "eori"), letter * 64),
    )
    assert len(decode_manifest(raw).items) == MAX_ITEMS
    assert len(encode(decode_manifest(raw))) < MAX_RECORD_BYTES


DEEP = {
    "object": b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
    "unknown_field": b'{"later": ' + b"[" * DEPTH + b"]" * DEPTH + b"}",
    "never_closed": b'{"later": ' + b"[" * DEPTH,
}


@pytest.mark.parametrize("raw", DEEP.values(), ids=DEEP)
def test_decode_deep_nesting_is_refused(raw: bytes) -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(raw)
    assert str(caught.value) == "Expected a JSON object, got one nested too deeply - at `$`"


def test_decode_deep_nesting_beside_an_invalid_field_is_refused() -> None:
    raw = b'{"schema_version": "x", "later": ' + b"[" * DEPTH + b"]" * DEPTH + b"}"
    with pytest.raises(RecordError, match=r"`\$.schema_version`"):
        decode_manifest(raw)


def test_decode_features_nested_too_deeply_is_refused() -> None:
    raw = example.EXAMPLE.replace(b"45.0", b"[" * DEPTH + b"]" * DEPTH)
    with pytest.raises(RecordError, match="nested too deeply"):
        decode_example(raw)


def test_decode_a_field_off_the_contract_does_not_quote_its_text() -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(manifest_json(consignee={"id": "c-1", "name": "A. Muster" * 100}))
    assert "Muster" not in str(caught.value)
    assert str(caught.value).endswith("got length 900 - at `$.consignee.name`")


def test_decode_an_unknown_choice_of_any_length_gives_a_short_text() -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(manifest_json(channel="b" * 100_000))
    assert len(str(caught.value)) < 200


def test_decode_a_version_of_any_size_gives_a_short_text() -> None:
    with pytest.raises(RecordError) as caught:
        decode_manifest(manifest_json(schema_version=10**4_000))
    assert len(str(caught.value)) < 200


def test_decode_with_the_wrong_decoder_is_refused() -> None:
    with pytest.raises(RecordError, match="Expected field `decision_id`, got none"):
        decode_decision(manifest.EXAMPLE)


def test_decode_a_field_with_dots_in_its_key_is_ignored_like_any_other() -> None:
    raw = json.dumps({**json.loads(manifest.EXAMPLE), "$.items[0].value": -1}).encode()
    assert decode_manifest(raw) == decode_manifest(manifest.EXAMPLE)
