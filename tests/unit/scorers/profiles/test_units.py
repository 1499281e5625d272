"""Spans of units: rising offsets inside them, gaps allowed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from scorers.profiles import Source
from scorers.profiles.units import check_span

SOURCE = Source("parcels.manifests", 3)


@pytest.mark.parametrize("offsets", [[], [4], [8], [4, 5, 6, 7, 8], [5, 8]])
def test_span_of_rising_offsets_inside_it_is_accepted(offsets: list[int]) -> None:
    check_span(SOURCE, 4, 9, np.array(offsets, dtype=np.int64))


@pytest.mark.parametrize("offsets", [[3], [3, 5], [9], [5, 9], [5, 5], [6, 5], [5, 7, 6, 8]])
def test_span_of_offsets_outside_it_or_out_of_order_is_refused(offsets: list[int]) -> None:
    text = f"expected rising offsets in [4, 9), got {offsets[0]} to {offsets[-1]}"
    with pytest.raises(ValueError, match=rf"^parcels\.manifests:3: {re.escape(text)}$"):
        check_span(SOURCE, 4, 9, np.array(offsets, dtype=np.int64))


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 4), (4, 3)])
def test_span_that_is_none_is_refused(start: int, end: int) -> None:
    text = f"expected 0 <= start < next, got {start} and {end}"
    with pytest.raises(ValueError, match=rf"^parcels\.manifests:3: {text}$"):
        check_span(SOURCE, start, end, np.empty(0, dtype=np.int64))


def test_span_from_the_first_offset_of_a_partition_is_accepted() -> None:
    check_span(SOURCE, 0, 1, np.zeros(1, dtype=np.int64))
