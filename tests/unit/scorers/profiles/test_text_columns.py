"""Columns of bytes: distinct texts, first letters and rows of a width, against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.texts import as_one, text_at, texts_of, together
from scorers.profiles.text_columns import first_letters, fixed_width, numbered
from tests.factories import PROPERTY

texts = st.lists(st.one_of(st.text(max_size=9), st.sampled_from(["CN", "VN", ""])), max_size=30)


@given(texts)
@PROPERTY
def test_number_texts_gives_equal_ones_the_number_of_their_first(column: list[str]) -> None:
    distinct, numbers = numbered(texts_of(column))
    assert [distinct[number].decode() for number in numbers.tolist()] == column
    assert [text.decode() for text in distinct] == list(dict.fromkeys(column))


@given(texts, st.integers(1, 6))
@PROPERTY
def test_cut_texts_keeps_whole_letters(column: list[str], count: int) -> None:
    cut = first_letters(texts_of(column), count)
    rows = range(len(column))
    assert [text_at(cut, row) for row in rows] == [text[:count] for text in column]


@given(texts, st.integers(1, 6))
@PROPERTY
def test_rows_of_a_width_are_those_of_numpy(column: list[str], width: int) -> None:
    expected = np.array([text.encode("ascii", "replace") for text in column], dtype=f"S{width}")
    assert fixed_width(texts_of(column), width).tolist() == expected.tolist()


@given(st.lists(texts, min_size=1, max_size=4))
@PROPERTY
def test_columns_together_are_the_same_texts(columns: list[list[str]]) -> None:
    every = [texts_of(column) for column in columns]
    data, starts = together([*every, every[0]])
    for column, encoded, places in zip(columns, every, starts, strict=False):
        spans = zip(places.tolist(), encoded.sizes.tolist(), strict=True)
        assert [data[start : start + size].tobytes().decode() for start, size in spans] == column
    assert np.array_equal(starts[0], starts[-1])


@given(st.lists(texts, min_size=1, max_size=4))
@PROPERTY
def test_columns_as_one_have_their_texts_one_after_the_other(columns: list[list[str]]) -> None:
    every = as_one([texts_of(column) for column in columns])
    expected = [text for column in columns for text in column]
    assert [text_at(every, row) for row in range(len(every.sizes))] == expected
