"""Identifiers and codes against their standards, S10 against an implementation of its own."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import (
    is_country,
    is_currency,
    is_eori,
    is_hs,
    is_ioss,
    is_s10,
    s10_check_digit,
)
from schemas.stopwords import STOP_WORDS
from scorers.features.text import words
from tests.factories import PROPERTY

serials = st.integers(0, 10**8 - 1).map("{:08}".format)


def check_digit_by_the_book(serial: str) -> int:
    """UPU S10-12, annex: multiply, add, divide by 11, subtract from 11; 10 is 0 and 11 is 5."""
    total = 0
    for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True):
        total += int(digit) * weight
    result = 11 - total % 11
    if result == 10:
        return 0
    return 5 if result == 11 else result


def test_s10_check_digit_of_many_serials_is_that_of_the_standard() -> None:
    rng = random.Random(10)
    sample = [f"{rng.randrange(10**8):08}" for _ in range(3_000)]
    sample += ["00000000", "99999999", "00009999", "99990000"]
    assert [s10_check_digit(s) for s in sample] == [check_digit_by_the_book(s) for s in sample]


def test_s10_check_digit_of_one_digit_serials_shows_every_weight() -> None:
    ones = [f"{10**power:08}" for power in range(8)]
    assert [s10_check_digit(serial) for serial in ones] == [4, 2, 6, 8, 9, 7, 5, 3]


@given(serials)
@PROPERTY
def test_is_s10_of_any_serial_accepts_exactly_one_check_digit(serial: str) -> None:
    accepted = [digit for digit in range(10) if is_s10(f"RR{serial}{digit}CN")]
    assert accepted == [check_digit_by_the_book(serial)]


@pytest.mark.parametrize(
    "item_id",
    [
        "",
        "RR473124829",
        "rr473124829CN",
        "RR473124829cn",
        "R4473124829CN",
        "RR47312482CN",
        "RR4731248290CN",
        "RR473124829ZZ",
        " RR473124829CN",
        "RR473124829CN ",
        "RR 47312482 9CN",
    ],
)
def test_is_s10_of_another_form_is_false(item_id: str) -> None:
    assert is_s10("RR473124829CN")
    assert not is_s10(item_id)


@pytest.mark.parametrize("digits", [6, 8, 10])
def test_is_hs_accepts_the_chapters_1_to_97_without_77(digits: int) -> None:
    accepted = {n for n in range(100) if is_hs(f"{n:02}".ljust(digits, "0"))}
    assert accepted == set(range(1, 98)) - {77}


@pytest.mark.parametrize("digits", [0, 1, 2, 4, 5, 7, 9, 11, 12])
def test_is_hs_of_another_length_is_false(digits: int) -> None:
    assert not is_hs("6109100000"[:digits].ljust(digits, "0"))


@pytest.mark.parametrize("code", ["61.09.10", "61091O", "6109 10", "-10910", "ABCDEF"])
def test_is_hs_of_what_is_no_digits_is_false(code: str) -> None:
    assert not is_hs(code)


@pytest.mark.parametrize("number", ["IM2760000742", "IM2500000742", "IM9000000742"])
def test_is_ioss_of_a_member_state_number_is_true(number: str) -> None:
    assert is_ioss(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "IM",
        "IN2760000742",
        "EU276000074",
        "IM276000074",
        "IM27600007421",
        "IM156000074X",
        "IM1560000742",
        "DE276000742",
        "im2760000742",
        "IM 2760000742",
        "IM2760000742\n",
        "IM２７６0000742",
    ],
)
def test_is_ioss_of_anything_else_is_false(number: str) -> None:
    assert not is_ioss(number)


@pytest.mark.parametrize("number", ["DE1", "DE1234567", "XK" + "A1B2C3D4E5F6G7H"])
def test_is_eori_of_a_country_and_up_to_fifteen_characters_is_true(number: str) -> None:
    assert is_eori(number)


@pytest.mark.parametrize(
    "number", ["", "DE", "QQ123", "DE" + "1" * 16, "de123", "DE12 3", "DE-123", "123"]
)
def test_is_eori_of_anything_else_is_false(number: str) -> None:
    assert not is_eori(number)


@pytest.mark.parametrize(
    ("check", "code"),
    [(is_s10, "RR473124829CN\n"), (is_hs, "610910\n"), (is_eori, "DE1\n")],
    ids=["s10", "hs", "eori"],
)
def test_check_of_a_code_with_a_line_break_is_false(
    check: Callable[[str], bool], code: str
) -> None:
    assert not check(code)


@pytest.mark.parametrize(
    ("check", "code"),
    [(is_s10, "RR４７３１２４８２９CN"), (is_hs, "٦١٠٩١٠")],
    ids=["s10", "hs"],
)
def test_check_of_a_code_in_other_digits_is_false(check: Callable[[str], bool], code: str) -> None:
    assert not check(code)


@pytest.mark.parametrize("code", ["DE", "CN", "GB", "XK", "TW"])
def test_is_country_of_a_code_in_use_is_true(code: str) -> None:
    assert is_country(code)


@pytest.mark.parametrize("code", ["", "D", "DEU", "de", "ZZ", "UK", "EU", "DE\n"])
def test_is_country_of_anything_else_is_false(code: str) -> None:
    assert not is_country(code)


@pytest.mark.parametrize("code", ["EUR", "USD", "CNY", "KRW"])
def test_is_currency_of_a_code_in_use_is_true(code: str) -> None:
    assert is_currency(code)


@pytest.mark.parametrize("code", ["", "EU", "eur", "EUX", "€"])
def test_is_currency_of_anything_else_is_false(code: str) -> None:
    assert not is_currency(code)


@given(st.text(max_size=20))
@PROPERTY
def test_check_of_any_text_answers_and_never_raises(text: str) -> None:
    checks = (is_s10, is_hs, is_ioss, is_eori, is_country, is_currency)
    assert all(check(text) in (True, False) for check in checks)


def test_stop_words_are_written_as_descriptions_are_normalised() -> None:
    assert len(STOP_WORDS) > 30
    assert [w for w in sorted(STOP_WORDS) if " ".join(words(w)) != w] == []
