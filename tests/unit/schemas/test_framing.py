"""Records in a registry's frame are read as those without; nothing else is mistaken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.catalogue import RECORDS
from schemas.codec import Codec, RecordError, decode_manifest
from schemas.framing import framed, is_framed, unframed
from schemas.manifest import EXAMPLE
from scorers.scanning.reading import read_manifests
from tests.factories import PROPERTY

IDS = st.integers(0, 2**32 - 1)


@PROPERTY
@given(IDS, st.binary(max_size=64))
def test_unframed_gives_back_what_was_framed(schema_id: int, value: bytes) -> None:
    whole = framed(schema_id, value)
    assert is_framed(whole)
    assert unframed(whole) == (schema_id, value)


@pytest.mark.parametrize("name", RECORDS)
def test_decode_of_a_framed_record_is_that_of_the_plain_one(name: str) -> None:
    published = RECORDS[name]
    codec = Codec(published.record, published.version)
    assert codec.decode(framed(9, published.example)) == codec.decode(published.example)


def test_read_manifests_of_framed_and_plain_ones_gives_the_same_columns() -> None:
    reading = read_manifests([framed(1, EXAMPLE), EXAMPLE, framed(2, b"{}"), b"\0\0"])
    assert reading.declared.column("item_id") == ["RR473124829CN"] * 2
    assert set(reading.errors) == {2, 3}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (b"\0\0\0\0\1{}", "Expected field `schema_version`, got none"),
        (b"\0\0\0\0\1\6abc", "Expected a JSON object, got malformed data"),
        (b"\0" * 1000, "Expected a JSON object, got malformed data"),
        (b"\0\0\0\0\1", "Expected a JSON object, got malformed data"),
        (b"\0\0", "Expected a JSON object, got malformed data"),
    ],
)
def test_decode_of_a_frame_without_a_record_is_refused_in_one_line(
    value: bytes, problem: str
) -> None:
    with pytest.raises(RecordError) as refused:
        decode_manifest(value)
    assert str(refused.value).startswith(problem)
