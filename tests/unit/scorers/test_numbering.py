"""Texts by number: each column gets the answers of its texts, however much was forgotten."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.hashing import Hashes, hashed
from scorers.features.tables import ManifestTable
from scorers.features.texts import texts_of
from scorers.numbering import Answers, Numbered, TextNumbers, numbered
from tests.factories import PROPERTY, make_item, make_manifest

columns = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=8)
any_columns = st.lists(st.lists(st.text(st.characters(codec=None), max_size=20), max_size=9))


def numbers_of(numbers: TextNumbers, texts: list[str], hashes: Hashes | None = None) -> Numbered:
    """Return the numbers of some texts."""
    column = texts_of(texts)
    return numbers.of(column, hashed(column) if hashes is None else hashes)


@PROPERTY
@given(columns, st.integers(0, 9))
def test_numbers_lead_back_to_the_texts_whatever_the_limit(
    batches: list[list[str]], limit: int
) -> None:
    numbers = TextNumbers(limit)
    for texts in batches:
        column = numbers_of(numbers, texts)
        assert [column.seen[number] for number in column.numbers.tolist()] == texts


@PROPERTY
@given(any_columns)
def test_numbers_of_any_texts_are_those_of_their_first_sight(batches: list[list[str]]) -> None:
    numbers, first = TextNumbers(), {}
    for texts in batches:
        expected = [first.setdefault(text, len(first)) for text in texts]
        column = numbers_of(numbers, texts)
        assert column.numbers.tolist() == expected
        assert column.seen == list(first)


@PROPERTY
@given(columns)
def test_numbers_of_texts_of_one_hash_still_tell_them_apart(batches: list[list[str]]) -> None:
    numbers, first = TextNumbers(), {}
    for texts in batches:
        expected = [first.setdefault(text, len(first)) for text in texts]
        same = np.full(len(texts), 7, dtype=np.uint64)
        assert numbers_of(numbers, texts, same).numbers.tolist() == expected


def test_numbers_of_many_texts_of_one_hash_lead_back_to_the_texts() -> None:
    numbers, texts = TextNumbers(), [f"text {number}" for number in range(300)]
    same = np.full(len(texts), 2**64 - 1, dtype=np.uint64)
    for _ in range(2):
        column = numbers_of(numbers, texts, same)
        assert [column.seen[number] for number in column.numbers.tolist()] == texts


def test_numbers_of_more_texts_than_there_was_room_for_stay_the_same() -> None:
    numbers, texts = TextNumbers(), [f"text {number}" for number in range(5_000)]
    for end in (1, 2, 300, 5_000, 5_000):
        assert numbers_of(numbers, texts[:end]).numbers.tolist() == list(range(end))


@PROPERTY
@given(columns, st.integers(0, 9))
def test_answers_are_those_of_each_text_whatever_the_limit(
    batches: list[list[str]], limit: int
) -> None:
    numbers, answers = TextNumbers(limit), Answers(lambda text: text in "bd", nothing=False)
    for texts in batches:
        codes = answers.of(numbers_of(numbers, texts)).tolist()
        assert [answers.known[code] for code in codes] == [text in "bd" for text in texts]


def test_texts_that_come_again_are_asked_about_once() -> None:
    asked: list[str] = []
    numbers, answers = TextNumbers(), Answers(lambda text: asked.append(text) or text, nothing="")
    for texts in (["mug", "cup", "mug"], ["cup", "jar"]):
        answers.of(numbers_of(numbers, texts))
    assert asked == ["mug", "cup", "jar"]


def test_answers_that_are_nothing_have_code_0() -> None:
    answers = Answers(lambda text: text.strip("x"), nothing="")
    assert answers.of(numbers_of(TextNumbers(), ["xx", "y", ""])).tolist() == [0, 1, 0]


def test_numbered_column_of_a_table_is_that_of_its_texts() -> None:
    items = tuple(make_item(description=text) for text in ("mug", "cup", "mug"))
    column = numbered(ManifestTable([make_manifest(items=items)]), "items.description")
    assert [column.seen[number] for number in column.numbers.tolist()] == ["mug", "cup", "mug"]
