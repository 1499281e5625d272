"""Checks of identifiers and codes against their standards. They inform; they never reject."""

from __future__ import annotations

import re
from functools import cache

import pycountry
from stdnum.eu import oss
from stdnum.exceptions import ValidationError

# Used with fullmatch: `$` would let a final line break pass.
_S10 = re.compile(r"[A-Z]{2}(?P<serial>\d{8})(?P<check>\d)(?P<country>[A-Z]{2})", re.ASCII)
_EORI = re.compile(r"(?P<country>[A-Z]{2})[A-Z0-9]{1,15}", re.ASCII)
_HS = re.compile(r"(?P<chapter>\d{2})\d{4}(\d{2}){0,2}", re.ASCII)
_LAST_CHAPTER = 97
_RESERVED_CHAPTER = 77


def _weighted_sums(weights: tuple[int, int, int, int]) -> tuple[int, ...]:
    """Return the weighted digit sum of every four-digit number: half a serial in one look-up."""
    return tuple(
        sum(weight * int(digit) for weight, digit in zip(weights, f"{number:04}", strict=True))
        for number in range(10_000)
    )


_UPPER_SUMS = _weighted_sums((8, 6, 4, 2))
_LOWER_SUMS = _weighted_sums((3, 5, 9, 7))
# By the sum modulo 11: 11 minus it, with 10 written as 0 and 11 as 5.
_CHECK_DIGITS = (5, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1)


def s10_check_digit(serial: str) -> int:
    """Return the check digit of an eight-digit S10 serial (UPU S10-12, weights 8 6 4 2 3 5 9 7).

    >>> s10_check_digit("47312482")
    9
    """
    return _CHECK_DIGITS[(_UPPER_SUMS[int(serial[:4])] + _LOWER_SUMS[int(serial[4:])]) % 11]


def is_s10(item_id: str) -> bool:
    """Tell whether `item_id` is an S10 identifier with a right check digit and a real country.

    >>> is_s10("RR473124829CN"), is_s10("RR473124820CN"), is_s10("RR473124829XX")
    (True, False, False)
    """
    match = _S10.fullmatch(item_id)
    return (
        match is not None
        and is_country(match["country"])
        and s10_check_digit(match["serial"]) == int(match["check"])
    )


@cache
def _countries() -> frozenset[str]:
    # XK (Kosovo) is user-assigned in ISO 3166-1 and in use by customs and posts.
    return frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}


@cache
def _currencies() -> frozenset[str]:
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def is_country(code: str) -> bool:
    """Tell whether `code` is an ISO 3166-1 alpha-2 country.

    >>> is_country("DE"), is_country("de"), is_country("ZZ")
    (True, False, False)
    """
    return code in _countries()


def is_currency(code: str) -> bool:
    """Tell whether `code` is an ISO 4217 currency.

    >>> is_currency("EUR"), is_currency("EUX")
    (True, False)
    """
    return code in _currencies()


def is_hs(code: str) -> bool:
    """Tell whether `code` can be a Harmonized System code: 6, 8 or 10 digits in chapters 1-97.

    >>> is_hs("610910"), is_hs("6109"), is_hs("770000"), is_hs("990000")
    (True, False, False, False)
    """
    match = _HS.fullmatch(code)
    if match is None:
        return False
    chapter = int(match["chapter"])
    return 1 <= chapter <= _LAST_CHAPTER and chapter != _RESERVED_CHAPTER


def is_ioss(number: str) -> bool:
    """Tell whether `number` is a well-formed IOSS VAT number: `IM`, member state, seven digits.

    An `IN` number identifies an intermediary and is no VAT number.

    >>> is_ioss("IM2760000742"), is_ioss("IN2760000742"), is_ioss("IM999")
    (True, False, False)
    """
    try:
        # The library drops spaces and turns other scripts' digits into ours; a code has neither.
        return oss.validate(number) == number and number.startswith("IM")
    except ValidationError:
        return False


def is_eori(number: str) -> bool:
    """Tell whether `number` is a well-formed EORI: a country and up to fifteen characters.

    >>> is_eori("DE1234567"), is_eori("DE"), is_eori("QQ123")
    (True, False, False)
    """
    match = _EORI.fullmatch(number)
    return match is not None and is_country(match["country"])
