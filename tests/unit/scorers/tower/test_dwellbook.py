"""Durations: quantiles to their error, each passage once, bottlenecks told."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import decode, encode
from msgspec.structs import replace

from schemas.held import Passages
from scorers.tower.dwellbook import HOUR, KEEP_HOURS, DwellBook
from scorers.tower.quantiles import ERROR, Sketch, merged
from tests.factories import PROPERTY

START = 498_200 * HOUR
SECONDS = st.lists(st.floats(0.01, 1e7), min_size=1, max_size=50)


def passages(
    seconds: list[float], at: int, office: str = "office:DE1", stage: str = "release"
) -> Passages:
    """Return passages of one office."""
    size = len(seconds)
    stages, offices = (stage,) * size, (office,) * size
    carrier, lane = ("carrier:X",) * size, ("lane:6109:CN:DE",) * size
    return Passages(stages, tuple(seconds), (at,) * size, offices, carrier, lane)  # type: ignore[arg-type]


def sketch_of(seconds: list[float]) -> Sketch:
    """Return a sketch of values."""
    sketch = Sketch(counts={})
    for one in seconds:
        sketch.add(one)
    return sketch


@PROPERTY
@given(SECONDS, st.floats(0.01, 1.0))
def test_quantile_is_within_the_error_of_the_exact_one(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[math.ceil(share * len(seconds)) - 1]
    assert sketch_of(seconds).quantile(share) == pytest.approx(exact, rel=ERROR * 1.001)


@PROPERTY
@given(SECONDS, SECONDS)
def test_merged_sketches_are_the_sketch_of_all_values(one: list[float], two: list[float]) -> None:
    assert merged([sketch_of(one), sketch_of(two)]).counts == sketch_of(one + two).counts


def test_values_beyond_the_bounds_count_as_the_bounds() -> None:
    sketch = sketch_of([-5.0, 0.0, 1e300])
    assert sketch.total == 3
    assert sketch.quantile(0.5) == pytest.approx(0.001, rel=ERROR * 1.001)
    assert math.isnan(Sketch(counts={}).quantile(0.5))


@PROPERTY
@given(st.lists(st.lists(st.floats(1, 100), max_size=4), max_size=6), st.integers(0, 6))
def test_book_killed_anywhere_and_read_again_has_equal_sketches(
    records: list[list[float]], kept: int
) -> None:
    whole, before, after = DwellBook(), DwellBook(), DwellBook()
    for offset, seconds in enumerate(records):
        whole.add(offset, passages(seconds, START))
        if offset < kept:
            before.add(offset, passages(seconds, START))
    for chunk, sketches in before.changes()[0]:
        after.load(chunk, decode(encode(sketches), type=dict[str, Sketch]))
    for offset, seconds in enumerate(records):
        after.add(offset, passages(seconds, START))
    assert after.chunks == whole.chunks


def test_office_that_becomes_slow_is_a_bottleneck_and_no_other_is() -> None:
    rng = np.random.default_rng(1)
    book, offset, alerts = DwellBook(), 0, []
    for hour in range(6):
        for minute in range(60):
            at = START + hour * HOUR + minute * 60
            slow = 4.0 if hour == 5 else 1.0
            for office, factor in (("office:DE1", slow), ("office:FR1", 1.0)):
                seconds = (rng.gamma(2.0, 600.0, 5) * factor).tolist()
                one = passages(seconds, at, office)
                carriers = (f"carrier:{office}",) * 5
                lanes = (f"lane:{office}",) * 5
                alerts += book.add(offset, replace(one, carriers=carriers, lanes=lanes))
                offset += 1
    assert {one.kind for one in alerts} == {"bottleneck"}
    assert {one.about[-3:] for one in alerts} == {"DE1"}
    told = next(one for one in alerts if one.about == "office:DE1")
    assert told.details["p90_seconds"] > 1.5 * told.details["usual_p90_seconds"]
    assert told.raised_at.timestamp() - (START + 5 * HOUR) < HOUR


def test_hours_beyond_two_days_are_forgotten_and_late_passages_of_them_left_out() -> None:
    book = DwellBook()
    book.add(0, passages([5.0], START))
    book.add(1, passages([5.0], START + KEEP_HOURS * HOUR))
    book.add(2, passages([5.0], START))
    assert {chunk.hour for chunk in book.chunks} == {START // HOUR + KEEP_HOURS}
    changed, gone = book.changes()
    assert {chunk.hour for chunk, _ in changed} == {START // HOUR + KEEP_HOURS}
    assert {chunk.hour for chunk in gone} == {START // HOUR}
