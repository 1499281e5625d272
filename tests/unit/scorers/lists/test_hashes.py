"""Hashes of words and the index of them: they equal what is computed one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.hashindex import HashIndex, HashSet
from scorers.lists.wordhashes import Words, words_of
from tests.factories import PROPERTY

word = st.text("abcdefgho ", max_size=12)
columns = st.lists(word, min_size=1, max_size=6)
hashes = st.lists(st.integers(0, 2**64 - 1), max_size=40)


def of(*names: str) -> Words:
    return words_of("\0".join(names).encode())


@PROPERTY
@given(columns)
def test_words_of_a_column_are_those_of_each_name(names: list[str]) -> None:
    words = of(*names)
    split = [(row, part) for row, name in enumerate(names) for part in name.split()]
    assert list(zip(words.row.tolist(), words.length.tolist(), strict=True)) == [
        (row, len(part)) for row, part in split
    ]
    assert words.exact.tolist() == [of(part).exact[0] for _, part in split]
    assert words.sound.tolist() == [of(part).sound[0] for _, part in split]


@PROPERTY
@given(st.text("abcdefgho", min_size=2, max_size=12))
def test_hash_without_a_letter_equals_that_of_the_shorter_word(text: str) -> None:
    shorter = [of(text[:at] + text[at + 1 :]).exact[0] for at in range(len(text))]
    assert of(text).short.tolist() == shorter


@PROPERTY
@given(columns)
def test_hash_of_a_name_without_spaces_equals_that_of_one_word(names: list[str]) -> None:
    rows, compact = of(*names).compact()
    given_rows = [row for row, name in enumerate(names) if name.split()]
    assert rows.tolist() == given_rows
    assert compact.tolist() == [of("".join(names[row].split())).exact[0] for row in given_rows]


def test_joined_words_have_the_hash_of_one() -> None:
    assert of("sun rise up").joined().tolist() == of("sunrise riseup").exact.tolist()


@pytest.mark.parametrize(
    ("left", "right"), [("mohammed", "muhamad"), ("katarina", "catharina"), ("anna", "anna")]
)
def test_sound_of_words_that_sound_alike_is_the_same(left: str, right: str) -> None:
    assert of(left).sound[0] == of(right).sound[0]


@pytest.mark.parametrize(("left", "right"), [("anna", "ana"), ("martin", "marcin")])
def test_sound_of_words_that_sound_otherwise_differs(left: str, right: str) -> None:
    assert of(left).sound[0] != of(right).sound[0]


def test_words_of_nothing_are_none() -> None:
    assert len(of("", " ")) == 0
    assert of("").compact()[0].tolist() == []


@PROPERTY
@given(hashes, hashes)
def test_hash_set_has_what_was_added(added: list[int], others: list[int]) -> None:
    known = HashSet(np.array(added, dtype=np.uint64))
    assert known.having(np.array(added, dtype=np.uint64)).all()
    assert len(known.having(np.array(others, dtype=np.uint64))) == len(others)


def test_hash_set_of_many_has_hardly_any_other() -> None:
    rng = np.random.default_rng(1)
    every = rng.integers(0, 2**63, 60_000, dtype=np.uint64)
    assert HashSet(every[:30_000]).having(every[30_000:]).mean() < 0.002


@PROPERTY
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), min_size=1, max_size=30),
    st.lists(st.integers(0, 12), max_size=20),
)
def test_hash_index_finds_the_places_of_each_hash(
    pairs: list[tuple[int, int]], asked: list[int]
) -> None:
    keys, places = zip(*pairs, strict=True)
    index = HashIndex(np.array(keys, np.uint64), np.array(places), most=100)
    rows, found = index.find(np.array(asked, np.uint64))
    expected = [
        (row, place)
        for row, key in enumerate(asked)
        for place in sorted({other for one, other in pairs if one == key})
    ]
    assert list(zip(rows.tolist(), found.tolist(), strict=True)) == expected


def test_hash_index_gives_no_more_places_than_asked_for() -> None:
    index = HashIndex(np.full(9, 7, np.uint64), np.arange(9), most=3)
    assert index.find(np.array([7], np.uint64))[1].tolist() == [0, 1, 2]
