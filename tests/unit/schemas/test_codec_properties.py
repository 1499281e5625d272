"""Whatever the bytes: a record comes out, or a `RecordError` that says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import decision, example, manifest, order, outcome
from schemas.codec import (
    RecordError,
    decode_decision,
    decode_example,
    decode_manifest,
    decode_order,
    decode_outcome,
    encode,
)
from schemas.manifest import Manifest
from tests.factories import PROPERTY, drawn_manifests

Decode = Callable[[bytes | None], Any]

every_record = pytest.mark.parametrize(
    ("decode", "base"),
    [
        (decode_manifest, manifest.EXAMPLE),
        (decode_decision, decision.EXAMPLE),
        (decode_outcome, outcome.EXAMPLE),
        (decode_example, example.EXAMPLE),
        (decode_order, order.EXAMPLE),
    ],
    ids=["manifest", "decision", "outcome", "example", "order"],
)

odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=300)
    | st.sampled_from(["", "2026-11-01T08:00:00", "9999-12-31T23:59:59-23:59", "hold", "sale"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=70), inner),
    max_leaves=6,
)


@every_record
@given(raw=st.binary(max_size=200))
@PROPERTY
def test_decode_arbitrary_bytes_is_refused_in_the_form_of_the_contract(
    decode: Decode, base: bytes, raw: bytes
) -> None:
    with pytest.raises(RecordError, match=r"^(?s:.*) - at `\$.*`$"):
        decode(raw)


@every_record
@given(data=st.data())
@PROPERTY
def test_decode_a_record_with_damaged_bytes_gives_a_record_or_a_record_error(
    decode: Decode, base: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(base)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(base) - 1))
        damaged[position] = data.draw(st.integers(0, 255))
    _check(decode, bytes(damaged))


@every_record
@given(data=st.data())
@PROPERTY
def test_decode_a_record_with_an_odd_value_somewhere_gives_a_record_or_a_record_error(
    decode: Decode, base: bytes, data: st.DataObject
) -> None:
    tree = json.loads(base)
    place = data.draw(st.sampled_from(_places(tree)))
    _put(tree, place, data.draw(odd_values))
    _check(decode, json.dumps(tree).encode("utf-8", "surrogatepass"))


@given(record=drawn_manifests())
@PROPERTY
def test_encode_then_decode_any_manifest_gives_it_back(record: Manifest) -> None:
    assert decode_manifest(encode(record)) == record


def _check(decode: Decode, raw: bytes) -> None:
    """Decode `raw`: a record must survive another round trip, anything else be a RecordError."""
    try:
        record = decode(raw)
    except RecordError as error:
        refusal = error
    else:
        assert decode(encode(record)) == record
        return
    assert str(refusal) == f"{refusal.problem} - at `{refusal.path}`"
    assert refusal.path.startswith("$")


def _places(tree: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in `tree`."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for key, value in inner:
        found.append((*prefix, key))
        if isinstance(value, (dict, list)):
            found += _places(value, (*prefix, key))
    return found


def _put(tree: Any, place: tuple[Any, ...], value: Any) -> None:
    *parents, leaf = place
    for parent in parents:
        tree = tree[parent]
    tree[leaf] = value
