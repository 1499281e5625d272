"""Numbers of texts against a dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.hashing import hashed
from scorers.features.texts import texts_of
from scorers.seentexts import SeenTexts
from tests.factories import PROPERTY

columns = st.lists(st.lists(st.text("abé", max_size=12), max_size=9), max_size=5)


def numbered(seen: SeenTexts, column: list[str]) -> tuple[list[int], list[int]]:
    texts = texts_of(column)
    firsts, numbers = seen.number(texts, hashed(texts))
    return firsts.tolist(), numbers.tolist()


@PROPERTY
@given(columns)
def test_numbers_of_texts_are_those_of_a_dictionary(several: list[list[str]]) -> None:
    seen, known = SeenTexts(50), dict[str, int]()
    for column in several:
        before = len(known)
        expected = [known.setdefault(text, len(known)) for text in column]
        new = [expected.index(number) for number in range(before, len(known))]
        assert numbered(seen, column) == (new, expected)
        seen.settle()


def test_number_of_texts_that_share_a_hash_differs() -> None:
    texts = texts_of(["mug", "tee", "mug"])
    _, numbers = SeenTexts(9).number(texts, np.full(3, 7, dtype=np.uint64))
    assert numbers.tolist() == [0, 1, 0]


def test_texts_that_were_not_settled_are_new_again() -> None:
    seen = SeenTexts(9)
    numbered(seen, ["mug"])
    assert numbered(seen, ["mug"]) == ([0], [0])


def test_more_texts_than_are_kept_are_forgotten_with_their_marks() -> None:
    seen = SeenTexts(2)
    numbered(seen, ["mug", "tee"])
    seen.settle()
    seen.marks[1] = True
    assert numbered(seen, ["tee", "bag", "mug"]) == ([0, 1, 2], [0, 1, 2])
    assert not seen.marks.any()
