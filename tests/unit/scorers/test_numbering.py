"""Texts by number: each column gets the answers of its texts, however much was forgotten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scorers.features.tables import ManifestTable
from scorers.numbering import Answers, TextNumbers, numbered
from tests.factories import PROPERTY, make_item, make_manifest

columns = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=8)


@PROPERTY
@given(columns, st.integers(0, 9))
def test_numbers_lead_back_to_the_texts_whatever_the_limit(
    batches: list[list[str]], limit: int
) -> None:
    numbers = TextNumbers(limit)
    for texts in batches:
        column = numbers.of(texts)
        assert [column.seen[number] for number in column.numbers.tolist()] == texts


@PROPERTY
@given(columns, st.integers(0, 9))
def test_answers_are_those_of_each_text_whatever_the_limit(
    batches: list[list[str]], limit: int
) -> None:
    numbers, answers = TextNumbers(limit), Answers(lambda text: text in "bd", nothing=False)
    for texts in batches:
        codes = answers.of(numbers.of(texts)).tolist()
        assert [answers.known[code] for code in codes] == [text in "bd" for text in texts]


def test_texts_that_come_again_are_asked_about_once() -> None:
    asked: list[str] = []
    numbers, answers = TextNumbers(), Answers(lambda text: asked.append(text) or text, nothing="")
    for texts in (["mug", "cup", "mug"], ["cup", "jar"]):
        answers.of(numbers.of(texts))
    assert asked == ["mug", "cup", "jar"]


def test_answers_that_are_nothing_have_code_0() -> None:
    answers = Answers(lambda text: text.strip("x"), nothing="")
    assert answers.of(TextNumbers().of(["xx", "y", ""])).tolist() == [0, 1, 0]


def test_numbered_column_of_a_table_is_that_of_its_texts() -> None:
    items = tuple(make_item(description=text) for text in ("mug", "cup", "mug"))
    column = numbered(ManifestTable([make_manifest(items=items)]), "items.description")
    assert [column.seen[number] for number in column.numbers.tolist()] == ["mug", "cup", "mug"]
