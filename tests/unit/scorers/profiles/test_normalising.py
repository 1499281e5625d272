"""Texts in one spelling: a column of bytes is normalised as each of its texts."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from scorers.features.texts import bytes_at, texts_of
from scorers.profiles.normalising import Column, normalised, normalised_texts
from tests.factories import PROPERTY

words = st.sampled_from(["Straße", "strasse", "STREET", "avenue", "Boulevard", "stra", "eet", "s"])
texts = st.lists(st.one_of(st.text(max_size=9), words), max_size=5).map("".join)


def column_of(rows: list[list[str]]) -> Column:
    """Return texts made of as many pieces each."""
    pieces = texts_of([piece for row in rows for piece in row])
    shape = (len(rows), -1) if rows else (0, 1)
    return Column(pieces.data, pieces.starts.reshape(shape), pieces.sizes.reshape(shape))


@given(st.lists(texts, max_size=12))
@example(["strasseeet", "streetreet", "boulevavenueard", "\n", "中street", "ŉǆΐ"])
@PROPERTY
def test_normalised_column_is_that_of_each_text(rows: list[str]) -> None:
    found = normalised_texts(column_of([[text] for text in rows]))
    assert [bytes_at(found, row) for row in range(len(rows))] == [normalised(row) for row in rows]


@given(st.lists(st.tuples(texts, texts, texts).map(list), max_size=6))
@PROPERTY
def test_normalised_pieces_are_those_of_the_whole_text(rows: list[list[str]]) -> None:
    found = normalised_texts(column_of(rows))
    expected = [normalised("".join(row)) for row in rows]
    assert [bytes_at(found, row) for row in range(len(rows))] == expected


@given(st.text(max_size=12))
@PROPERTY
def test_normalised_text_has_letters_and_digits_only(text: str) -> None:
    assert re.fullmatch(r"\w*", normalised(text).decode(), re.UNICODE)


@given(st.text(st.characters(max_codepoint=0x17F), max_size=12))
@PROPERTY
def test_normalised_text_in_upper_case_is_the_same(text: str) -> None:
    assert normalised(text.upper()) == normalised(text.upper().lower())


def test_normalise_every_character_of_two_bytes_gives_at_most_twice_its_size() -> None:
    every = [chr(code) for code in range(0x800)]
    found = normalised_texts(column_of([[letter] for letter in every]))
    assert [bytes_at(found, row) for row in range(len(every))] == [normalised(c) for c in every]
    assert all(len(normalised(letter)) <= 2 * len(letter.encode()) for letter in every)
