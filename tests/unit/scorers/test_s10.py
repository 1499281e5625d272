"""S10 identifiers by column: what the check of a single one says, for whatever comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import is_s10
from scorers.features.texts import texts_of
from scorers.s10 import are_s10
from tests.factories import PROPERTY

near_s10 = st.from_regex(r"\A[A-Za-z]{2}\d{9}(CN|DE|ZZ|x!|[A-Z]{2})\Z")
any_id = st.text(st.characters(codec=None), max_size=15)


@given(st.lists(st.one_of(near_s10, any_id, st.sampled_from(["RR473124829CN"])), max_size=30))
@PROPERTY
def test_are_s10_says_of_each_what_is_s10_says(item_ids: list[str]) -> None:
    assert are_s10(texts_of(item_ids)).tolist() == [is_s10(item_id) for item_id in item_ids]


def test_are_s10_with_every_check_digit_accepts_one() -> None:
    accepted = are_s10(texts_of([f"RR47312482{digit}CN" for digit in range(10)]))
    assert accepted.nonzero()[0].tolist() == [9]
