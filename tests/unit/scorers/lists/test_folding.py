"""Readings of a text: disguises are undone, plain texts have one reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.lists.columntext import folded
from scorers.lists.folding import readings
from tests.factories import PROPERTY

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize(
    "disguise",
    [
        "раураl",
        "раyраl",
        "РАУРАL",
        "ραyραl",
        "pay\u200bpal",
        "p\u0430yp\u0430l",
        "\u202elapyap\u202c",
        "\u202elapyap",
        "ＰａｙＰａｌ",
        "рау\u00adраl",
    ],
    ids=lambda text: text.encode("ascii", "namereplace").decode()[:24],
)
def test_readings_of_a_disguised_word_contain_the_plain_word(disguise: str) -> None:
    assert ("paypal",) in readings(disguise)


def test_readings_of_digits_among_letters_contain_the_letters_that_they_look_like() -> None:
    assert readings("G0lden 10115 5hop") == (
        ("g0lden", "10115", "5hop"),
        ("golden", "10115", "shop"),
    )


@pytest.mark.parametrize("text", ["Golden Mug", "10115 Berlin", "手机壳", "Müller", "", "Жук"])
def test_readings_of_a_text_without_disguise_are_one(text: str) -> None:
    assert len(readings(text)) == 1


@PROPERTY
@given(any_text)
def test_readings_of_any_text_are_distinct_and_of_words(text: str) -> None:
    found = readings(text)
    assert len(set(found)) == len(found) >= 1
    assert all(word for reading in found for word in reading)


@PROPERTY
@given(st.lists(any_text, min_size=1, max_size=5))
def test_fold_of_a_column_keeps_as_many_texts_whatever_they_hold(texts: list[str]) -> None:
    assert folded([*texts, "a\0b"]).count(b"\0") == len(texts)
