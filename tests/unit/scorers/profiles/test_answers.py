"""What a shard answered is taken apart, whichever version of its functions answered."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.profiles.answers import taken_apart
from scorers.profiles.layout import RECORD, TAIL
from tests.factories import PROPERTY

COUNTS = struct.Struct("<III")

Entity = tuple[bytes, tuple[int, int, int] | None]
Layout = Callable[[list[Entity], int, bytes], bytes]

entities = st.lists(
    st.tuples(
        st.binary(min_size=RECORD.itemsize, max_size=RECORD.itemsize),
        st.none() | st.tuples(*[st.integers(0, 2**32 - 1)] * 3),
    )
)


def answered(entities: list[Entity], generation: int, orders: bytes) -> bytes:
    """Return an answer of today's function."""
    rows = [row for row, (_, counts) in enumerate(entities) if counts]
    whole = [record + (COUNTS.pack(*counts) if counts else b"") for record, counts in entities]
    head = struct.pack(f"<ddI{len(rows)}I", 7, -1 - generation, len(rows), *rows)
    return head + b"".join(whole) + orders


def formerly_answered(entities: list[Entity], generation: int, orders: bytes) -> bytes:
    """Return an answer of version 1: counts and their rows after all records."""
    rows = [(row, counts) for row, (_, counts) in enumerate(entities) if counts]
    tails = b"".join(struct.pack("<I", row) + COUNTS.pack(*counts) for row, counts in rows)
    records = b"".join(record for record, _ in entities)
    head, count = struct.pack("<dd", 7, generation), struct.pack("<I", len(rows))
    return head + records + count + tails + orders


@pytest.mark.parametrize("layout", [answered, formerly_answered])
@given(entities=entities, generation=st.integers(0, 400), orders=st.binary(max_size=50))
@PROPERTY
def test_taken_apart_answer_has_records_counts_and_orders(
    layout: Layout, entities: list[Entity], generation: int, orders: bytes
) -> None:
    found = taken_apart(layout(entities, generation, orders), len(entities))
    expected = [(row, *counts) for row, (_, counts) in enumerate(entities) if counts]
    assert found.generation == generation
    assert [record.tobytes() for record in found.records] == [one for one, _ in entities]
    assert found.tails.tolist() == expected
    assert (found.records.dtype, found.tails.dtype) == (RECORD, TAIL)
    assert found.orders == orders
