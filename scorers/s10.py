"""UPU S10 identifiers, a column at a time: what `schemas.identifiers.is_s10` says of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from string import ascii_uppercase
from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.identifiers import is_country

Flags = npt.NDArray[np.bool_]

_LENGTH: Final = 13
_LETTERS: Final = [0, 1, 11, 12]
_DIGITS: Final = slice(2, 11)
_WEIGHTS: Final = np.array([8, 6, 4, 2, 3, 5, 9, 7], dtype=np.uint8)[:, None]
# By the weighted sum modulo 11: 11 minus it, with 10 written as 0 and 11 as 5.
_CHECK_DIGITS: Final = np.array([5, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1], dtype=np.uint8)


def are_s10(item_ids: Sequence[str]) -> Flags:
    """Return which identifiers have the form, a right check digit and a real country.

    >>> are_s10(["RR473124829CN", "RR473124820CN", "RR473124829XX", ""]).tolist()
    [True, False, False, False]
    """
    blank = " " * _LENGTH
    fitting = [text if len(text) == _LENGTH else blank for text in item_ids]
    data = "".join(fitting).encode("ascii", "replace")
    # A line for each place: whole lines are what array operations are fast at.
    characters = np.frombuffer(data, np.uint8).reshape(-1, _LENGTH).T.copy()
    # Unsigned: what stands before "A" or "0" becomes large.
    letters = characters[_LETTERS] - np.uint8(ord("A"))
    digits = characters[_DIGITS] - np.uint8(ord("0"))
    formed = (letters.max(axis=0) < len(ascii_uppercase)) & (digits.max(axis=0) <= 9)
    sums = (digits[:-1] * _WEIGHTS).sum(axis=0, dtype=np.uint16)
    places = letters[2] * np.int64(len(ascii_uppercase)) + letters[3]
    real = _real_countries()[np.where(formed, places, 0)]
    flags: Flags = formed & (_CHECK_DIGITS[sums % np.uint16(11)] == digits[-1]) & real
    return flags


@cache
def _real_countries() -> Flags:
    """Return for every pair of letters whether it is a country."""
    pairs = map("".join, product(ascii_uppercase, repeat=2))
    return np.array([is_country(pair) for pair in pairs], dtype=np.bool_)
