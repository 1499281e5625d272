"""Bounds on how alike names are: never below what a comparison says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.texts import texts_of
from scorers.lists.bounding import Bounds
from scorers.lists.comparing import similarity
from scorers.lists.names import names_in
from scorers.lists.namewords import name_words
from tests.factories import PROPERTY

word = st.text("abeghcjkpqsvwyzéßø", min_size=1, max_size=8)
parts = st.one_of(word, st.sampled_from(["ltd", "trading", "Anna", "und", "G0ld", "o'neil", "ı"]))
latin = st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cs"]), max_size=12)
names = st.one_of(st.lists(parts, min_size=1, max_size=5).map(" ".join), latin, st.text(max_size=9))


def hopeful(asked: str, listed: str, threshold: float) -> bool:
    """Tell whether any reading of a listed name may be the asked one."""
    readings = [(threshold, name) for name in names_in(listed)]
    places = np.arange(len(readings))
    words = name_words(texts_of([asked]))
    return bool(Bounds(readings).hopeful(words, np.zeros_like(places), places).any())


def alike(asked: str, listed: str) -> float:
    pairs = [(one, other) for one in names_in(asked) for other in names_in(listed)]
    return max((similarity(one, other) for one, other in pairs), default=0.0)


@st.composite
def alike_names(draw: st.DrawFn) -> tuple[str, str]:
    """Two names of which one is the other with some letters changed."""
    listed = draw(names)
    at = draw(st.integers(0, len(listed)))
    asked = (
        listed[:at]
        + draw(st.text("ab eéX0hkcfpvw", max_size=2))
        + listed[at + draw(st.integers(0, 2)) :]
    )
    return asked, listed


@PROPERTY
@given(st.one_of(alike_names(), st.tuples(names, names)))
def test_hopeful_of_names_that_are_alike_is_always_true(pair: tuple[str, str]) -> None:
    asked, listed = pair
    if (reached := alike(asked, listed)) > 0:
        assert hopeful(asked, listed, threshold=reached)


@pytest.mark.parametrize(
    ("asked", "listed"),
    [("Muhamad Raschid", "Mohammed Rashid"), ("Fillip Jackov", "Phyllip Yakow")],
)
def test_hopeful_of_names_that_sound_alike_is_true(asked: str, listed: str) -> None:
    assert hopeful(asked, listed, threshold=86.0)


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Anna Walters", "Anna Muster"),
        ("Änna Walters", "Anna Muster"),
        ("Anna Muster", "Anna Maria Muster Lopez"),
        ("Golden Gate", "Golden Sunrise Trading Ltd"),
    ],
)
def test_hopeful_of_other_names_is_false(asked: str, listed: str) -> None:
    assert not hopeful(asked, listed, threshold=86.0)


@pytest.mark.parametrize(
    "asked", ["A Schuster", "Anna Ltd", "Schuster Trading", "5chuster", "安娜"]
)
def test_hopeful_of_names_that_are_read_in_several_ways_is_true(asked: str) -> None:
    assert hopeful(asked, "Anna Muster", threshold=86.0)


def test_hopeful_of_names_of_very_many_letters_is_true() -> None:
    assert hopeful("b" * 65, "Anna Muster", threshold=86.0)
    assert hopeful("Anna Muster", "b" * 65, threshold=86.0)
