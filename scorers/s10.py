"""UPU S10 identifiers, a column at a time: what `schemas.identifiers.is_s10` says of each."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.codes import Codes, countries, digit_at, is_listed_at, letter_at
from scorers.compiled import compiled
from scorers.features.batch import Flags
from scorers.features.texts import Bytes, Places, Texts

_LENGTH: Final = 13
_SERIAL: Final = 2
_COUNTRY: Final = 11
_WEIGHTS: Final = np.array([8, 6, 4, 2, 3, 5, 9, 7])
# By the weighted sum modulo 11: 11 minus it, with 10 written as 0 and 11 as 5.
_CHECK_DIGITS: Final = np.array([5, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1])


def are_s10(item_ids: Texts) -> Flags:
    """Return which identifiers have the form, a right check digit and a real country.

    >>> from scorers.features.texts import texts_of
    >>> are_s10(texts_of(["RR473124829CN", "RR473124820CN", "RR473124829XX", ""])).tolist()
    [True, False, False, False]
    """
    flags = np.empty(len(item_ids.starts), dtype=np.bool_)
    _check_all(*item_ids, countries(), flags)
    return flags


@compiled
def _check_all(data: Bytes, starts: Places, sizes: Places, countries: Codes, flags: Flags) -> None:
    for place in range(len(starts)):
        flags[place] = sizes[place] == _LENGTH and _is_s10_at(data, starts[place], countries)


@compiled
def _is_s10_at(data: Bytes, at: int, countries: Codes) -> bool:
    total = np.int64(0)
    for place in range(len(_WEIGHTS)):
        digit = digit_at(data, at + _SERIAL + place)
        if digit < 0:
            return False
        total += digit * _WEIGHTS[place]
    letters = letter_at(data, at) >= 0 and letter_at(data, at + 1) >= 0
    right = _CHECK_DIGITS[total % 11] == digit_at(data, at + _COUNTRY - 1)
    return bool(letters and right) and is_listed_at(data, at + _COUNTRY, 2, countries)
