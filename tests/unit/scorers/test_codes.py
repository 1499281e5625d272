"""Codes by column: what the check of a single one says, for whatever comes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import is_country, is_currency, is_eori, is_hs, is_ioss
from scorers.codes import are_countries, are_currencies, are_eori, are_hs, are_ioss
from scorers.features.batch import Flags
from scorers.features.texts import Texts, texts_of
from tests.factories import PROPERTY

CHECKS = {
    "hs": (are_hs, is_hs),
    "country": (are_countries, is_country),
    "currency": (are_currencies, is_currency),
    "ioss": (are_ioss, is_ioss),
    "eori": (are_eori, is_eori),
}

near_code = st.from_regex(r"\A(IM|IN|DE|de|ZZ|XK)?[0-9A-Zé٣]{0,16}\n?\Z")
near_hs = st.from_regex(r"\A[0-9]{4,11}[0-9A ]?\Z")
near_ioss = st.from_regex(r"\AIM(276|040|900|999|000)[0-9]{6,8}[ X]?\Z")
texts = st.one_of(st.text(st.characters(codec=None), max_size=18), near_code, near_hs, near_ioss)


@pytest.mark.parametrize(("are_right", "is_right"), CHECKS.values(), ids=CHECKS)
@given(data=st.data())
@PROPERTY
def test_check_of_a_column_says_of_each_text_what_the_check_of_one_says(
    are_right: Callable[[Texts], Flags], is_right: Callable[[str], bool], data: st.DataObject
) -> None:
    column = data.draw(st.lists(texts, max_size=30))
    assert are_right(texts_of(column)).tolist() == [is_right(text) for text in column]


def test_check_of_every_code_of_letters_says_what_the_check_of_one_says() -> None:
    for length, are_right, is_right in (
        (2, are_countries, is_country),
        (3, are_currencies, is_currency),
    ):
        codes = ["".join(letters) for letters in product(ascii_uppercase, repeat=length)]
        found = are_right(texts_of(codes)).tolist()
        assert found == [is_right(code) for code in codes]
        assert any(found)


def test_check_of_every_chapter_and_member_state_says_what_the_check_of_one_says() -> None:
    codes = [f"{chapter:02}0000" for chapter in range(100)]
    assert are_hs(texts_of(codes)).tolist() == [is_hs(code) for code in codes]
    numbers = [f"IM{state:03}0000742" for state in range(1_000)]
    assert are_ioss(texts_of(numbers)).tolist() == [is_ioss(number) for number in numbers]
    assert are_ioss(texts_of(numbers)).sum() == 28
