"""Codes and identifiers, a column at a time: what `schemas.identifiers` says of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from string import ascii_uppercase
from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.identifiers import is_country, is_currency, is_ioss
from scorers.compiled import compiled
from scorers.features.batch import Flags
from scorers.features.texts import Bytes, Places, Texts

Codes = npt.NDArray[np.bool_]
"""Which codes there are: of letters, by their places in the alphabet read as a number."""

_A: Final = 65
_0: Final = 48
_LETTERS: Final = 26
_CHAPTERS: Final = 97
_RESERVED_CHAPTER: Final = 77
_LONGEST_EORI: Final = 17


@cache
def countries() -> Codes:
    """Return which pairs of letters are countries."""
    return _listed(is_country, 2)


@cache
def _currencies() -> Codes:
    return _listed(is_currency, 3)


@cache
def _member_states() -> Codes:
    """Return which numbers of three digits begin an IOSS number, behind its letters."""
    return np.array([is_ioss(f"IM{number:03}0000000") for number in range(1_000)])


def _listed(is_code: Callable[[str], bool], length: int) -> Codes:
    letters = map("".join, product(ascii_uppercase, repeat=length))
    return np.array([is_code(code) for code in letters])


def are_hs(codes: Texts) -> Flags:
    """Return which codes can be codes of the Harmonized System."""
    flags = np.empty(len(codes.starts), dtype=np.bool_)
    _check_hs(*codes, flags)
    return flags


def are_countries(codes: Texts) -> Flags:
    """Return which codes are countries.

    >>> from scorers.features.texts import texts_of
    >>> are_countries(texts_of(["DE", "de", "ZZ", ""])).tolist()
    [True, False, False, False]
    """
    return _are_listed(codes, countries(), 2)


def are_currencies(codes: Texts) -> Flags:
    """Return which codes are currencies."""
    return _are_listed(codes, _currencies(), 3)


def are_ioss(numbers: Texts) -> Flags:
    """Return which numbers are well-formed IOSS numbers of no intermediary."""
    flags = np.empty(len(numbers.starts), dtype=np.bool_)
    _check_ioss(*numbers, _member_states(), flags)
    return flags


def are_eori(numbers: Texts) -> Flags:
    """Return which numbers are well-formed EORIs."""
    flags = np.empty(len(numbers.starts), dtype=np.bool_)
    _check_eori(*numbers, countries(), flags)
    return flags


def _are_listed(codes: Texts, listed: Codes, length: int) -> Flags:
    flags = np.empty(len(codes.starts), dtype=np.bool_)
    _check_listed(*codes, listed, length, flags)
    return flags


@compiled
def letter_at(data: Bytes, at: int) -> np.int64:
    """Return the place in the alphabet of the capital letter at a place; -1 for another byte."""
    letter = np.int64(data[at]) - np.int64(_A)
    return letter if 0 <= letter < _LETTERS else np.int64(-1)


@compiled
def digit_at(data: Bytes, at: int) -> np.int64:
    """Return the digit at a place; -1 for another byte."""
    digit = np.int64(data[at]) - np.int64(_0)
    return digit if 0 <= digit <= 9 else np.int64(-1)


@compiled
def is_listed_at(data: Bytes, at: int, length: int, listed: Codes) -> bool:
    """Tell whether the letters from a place are a code that there is."""
    number = np.int64(0)
    for place in range(at, at + length):
        letter = letter_at(data, place)
        if letter < 0:
            return False
        number = number * _LETTERS + letter
    return bool(listed[number])


@compiled
def are_digits_at(data: Bytes, at: int, length: int) -> bool:
    """Tell whether there are only digits from a place."""
    found = 0
    while found < length and digit_at(data, at + found) >= 0:
        found += 1
    return found == length


@compiled
def _check_listed(
    data: Bytes, starts: Places, sizes: Places, listed: Codes, length: int, flags: Flags
) -> None:
    for place in range(len(starts)):
        fits = sizes[place] == length
        flags[place] = fits and is_listed_at(data, starts[place], length, listed)


@compiled
def _check_hs(data: Bytes, starts: Places, sizes: Places, flags: Flags) -> None:
    for place in range(len(starts)):
        at, size = starts[place], sizes[place]
        fits = size == 6 or size == 8 or size == 10
        flags[place] = fits and are_digits_at(data, at, size) and _is_chapter_at(data, at)


@compiled
def _is_chapter_at(data: Bytes, at: int) -> bool:
    chapter = 10 * digit_at(data, at) + digit_at(data, at + 1)
    return bool(1 <= chapter <= _CHAPTERS and chapter != _RESERVED_CHAPTER)


@compiled
def _check_ioss(
    data: Bytes, starts: Places, sizes: Places, member_states: Codes, flags: Flags
) -> None:
    for place in range(len(starts)):
        at = starts[place]
        fits = sizes[place] == 12 and data[at] == 73 and data[at + 1] == 77  # "IM"
        fits = fits and are_digits_at(data, at + 2, 10)
        flags[place] = fits and member_states[_number_at(data, at + 2, 3)]


@compiled
def _number_at(data: Bytes, at: int, length: int) -> np.int64:
    number = np.int64(0)
    for place in range(at, at + length):
        number = number * 10 + digit_at(data, place)
    return number


@compiled
def _check_eori(data: Bytes, starts: Places, sizes: Places, listed: Codes, flags: Flags) -> None:
    for place in range(len(starts)):
        at, size = starts[place], sizes[place]
        fits = 2 < size <= _LONGEST_EORI and is_listed_at(data, at, 2, listed)
        flags[place] = fits and _are_alphanumeric_at(data, at + 2, size - 2)


@compiled
def _are_alphanumeric_at(data: Bytes, at: int, length: int) -> bool:
    found = 0
    while found < length and (digit_at(data, at + found) >= 0 or letter_at(data, at + found) >= 0):
        found += 1
    return found == length
