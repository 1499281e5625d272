"""Slots: every delta counted once, whatever the order, also after a restart."""

from __future__ import annotations

import random
from collections import Counter

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.lanes import LaneStats
from scorers.tower.slots import COUNT, KEEP_SECONDS, SLOT_SECONDS, SlotBook, SlotRecord
from tests.factories import PROPERTY

SINCE = 1_793_520_000
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(SlotRecord).decode

Entry = tuple[str, int, int]
"""A series, a second after `SINCE`, and parcels."""


def stats_of(entries: list[Entry]) -> LaneStats:
    """Return a record of some entries."""
    names, seconds, counts = zip(*entries, strict=True) if entries else ((), (), ())
    return LaneStats(
        1, names, SINCE, seconds, counts, counts, counts, counts, counts, counts, 1, names
    )


def totals(book: SlotBook, seconds: int) -> Counter[tuple[str, int]]:
    """Return the parcels of each series and slot."""
    found: Counter[tuple[str, int]] = Counter()
    for start in range(SINCE, SINCE + seconds, SLOT_SECONDS):
        sums = book.between(start, start + SLOT_SECONDS)
        for name, count in zip(book.names, sums[COUNT].tolist(), strict=True):
            if count:
                found[name, start] = count
    return found


RECORDS = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, KEEP_SECONDS - 1), st.integers(1, 9)),
        max_size=5,
    ),
    max_size=8,
)


@PROPERTY
@given(RECORDS, st.integers(0, 2**32))
def test_deltas_late_and_out_of_order_are_counted_once_in_their_slot(
    records: list[list[Entry]], seed: int
) -> None:
    rng = random.Random(seed)
    book = SlotBook(10)
    for offset, entries in enumerate(records):
        for again in rng.sample(range(offset + 1), rng.randint(0, offset + 1)):
            if again < offset:
                book.add(again, stats_of(records[again]))
        book.add(offset, stats_of(entries))
    expected: Counter[tuple[str, int]] = Counter()
    for name, second, count in (entry for entries in records for entry in entries):
        expected[name, SINCE + second // SLOT_SECONDS * SLOT_SECONDS] += count
    assert totals(book, KEEP_SECONDS) == expected
    assert book.too_late == 0


@PROPERTY
@given(RECORDS, st.integers(0, 8), st.integers(0, 8))
def test_book_killed_anywhere_and_read_again_has_equal_totals(
    records: list[list[Entry]], kept: int, committed: int
) -> None:
    whole, before, after = SlotBook(10), SlotBook(10), SlotBook(10)
    for offset, entries in enumerate(records):
        whole.add(offset, stats_of(entries))
        if offset < kept:
            before.add(offset, stats_of(entries))
    for record in before.changes():
        after.load(_unpack(_pack(record)))
    for offset in range(min(kept, committed), len(records)):
        after.add(offset, stats_of(records[offset]))
    assert totals(after, KEEP_SECONDS) == totals(whole, KEEP_SECONDS)
    for row, name in enumerate(whole.names):
        there = after.names.rows([name]).item()
        window = (SINCE, SINCE + KEEP_SECONDS)
        assert after.shippers(there, *window) == whole.shippers(row, *window)


def test_delta_older_than_what_is_kept_is_counted_as_too_late() -> None:
    book = SlotBook(10)
    book.add(0, stats_of([("a", KEEP_SECONDS + 100, 1)]))
    book.add(1, stats_of([("a", 10, 4)]))
    assert book.too_late == 4
    assert book.forget() == []


def test_series_beyond_the_bound_are_left_out_and_counted() -> None:
    book = SlotBook(2)
    book.add(0, stats_of([("a", 0, 1), ("b", 0, 2), ("c", 0, 3)]))
    assert list(book.names) == ["a", "b"]
    assert book.names.untracked == 1
    assert book.between(SINCE, SINCE + SLOT_SECONDS)[COUNT].tolist() == [1, 2]


def test_forget_drops_slots_that_no_window_reaches() -> None:
    book = SlotBook(10)
    book.add(0, stats_of([("a", 0, 1)]))
    book.add(1, stats_of([("a", KEEP_SECONDS + 20, 1)]))
    assert book.forget() == [SINCE]
    assert [record.slot for record in book.changes()] == [SINCE + KEEP_SECONDS + 20]


def test_shippers_of_a_window_are_the_heaviest_though_only_eight_are_remembered() -> None:
    book = SlotBook(10)
    rng = np.random.default_rng(3)
    sent = ["heavy"] * 400 + [f"s-{n}" for n in range(200)]
    rng.shuffle(sent)
    for offset, shipper in enumerate(sent):
        record = msgspec.structs.replace(stats_of([("a", 0, 1)]), shippers=(shipper,))
        book.add(offset, record)
    ((name, count),) = book.shippers(0, SINCE, SINCE + SLOT_SECONDS, most=1).items()
    assert name == "heavy"
    assert 400 <= count <= 400 + 200 // 8
