"""Data-quality signals: what is odd about a declaration that can still be screened.

A signal is one boolean column a batch. It raises attention as a feature and as a reason; it never
rejects. Checks of texts and codes are memoised, since both repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.identifiers import is_country, is_currency, is_eori, is_hs, is_ioss, is_s10
from schemas.stopwords import STOP_WORDS
from scorers.features.declared import DeclaredTable
from scorers.features.derived import item_sum
from scorers.features.text import all_words

Flags = npt.NDArray[np.bool_]

_SUM_TOLERANCE = 0.01
_WEIGHT_TOLERANCE = 1.005
_THRESHOLD_EUR = 150.0
_NEAR_THRESHOLD = 0.93
_BATTERY_WORDS = frozenset({"battery", "batteries", "lithium", "powerbank", "accumulator"})
_BATTERY_HEADINGS = ("8506", "8507")
_STOP_PHRASES = tuple(f" {phrase} " for phrase in STOP_WORDS if " " in phrase)


class _Text(NamedTuple):
    vague: bool
    stop_word: bool
    battery: bool


@lru_cache(maxsize=100_000)
def _text(description: str) -> _Text:
    # All words: an odd one counts wherever a description of up to 512 characters has it.
    found = all_words(description)
    distinct = " ".join(dict.fromkeys(found))
    spaced = f" {' '.join(found)} "
    return _Text(
        vague=len(distinct) < 3 or distinct in STOP_WORDS,
        stop_word=not STOP_WORDS.isdisjoint(found) or any(p in spaced for p in _STOP_PHRASES),
        battery=not _BATTERY_WORDS.isdisjoint(found),
    )


def _flags(values: list[bool]) -> Flags:
    return np.array(values, dtype=np.bool_)


def _which(values: Sequence[str], odd: Callable[[str], bool]) -> Flags:
    """Return which values are odd, asking once for each distinct one: most are not, and repeat."""
    found = {value for value in set(values) if odd(value)}
    if not found:
        return np.zeros(len(values), dtype=np.bool_)
    return _flags([value in found for value in values])


def _unknown(codes: Sequence[str], known: Callable[[str], bool]) -> Flags:
    """Return which codes are given and unknown."""
    return _which(codes, lambda code: bool(code) and not known(code))


def _any_item(table: DeclaredTable, flags: Flags) -> Flags:
    return np.logical_or.reduceat(flags, table.item_starts)


def _s10_invalid(table: DeclaredTable) -> Flags:
    return _flags([m.id_scheme == "s10" and not is_s10(m.item_id) for m in table.manifests])


def _hs_invalid(table: DeclaredTable) -> Flags:
    codes = table.column("items.hs_code")
    return _any_item(table, _which(codes, lambda code: not is_hs(code)))


def _country_unknown(table: DeclaredTable) -> Flags:
    posted = _unknown(table.column("origin_post_country"), is_country)
    destined = _unknown(table.column("destination_country"), is_country)
    origins = _unknown(table.column("items.origin"), is_country)
    return posted | destined | _any_item(table, origins)


def _currency_unknown(table: DeclaredTable) -> Flags:
    return _unknown(table.column("currency"), is_currency)


def _ioss_invalid(table: DeclaredTable) -> Flags:
    return _unknown(table.column("ioss"), is_ioss)


def _eori_invalid(table: DeclaredTable) -> Flags:
    return _unknown(table.column("eori"), is_eori)


def _value_mismatch(table: DeclaredTable) -> Flags:
    total = table.numbers("total_value")
    gap = np.abs(item_sum(table, "value") - total)
    return np.greater(gap, _SUM_TOLERANCE * np.maximum(total, 1.0))


def _weight_mismatch(table: DeclaredTable) -> Flags:
    net = item_sum(table, "net_weight_kg")
    return np.greater(net, table.numbers("gross_weight_kg") * _WEIGHT_TOLERANCE)


def _description_vague(table: DeclaredTable) -> Flags:
    return _any_text(table, lambda text: _text(text).vague)


def _description_stop_word(table: DeclaredTable) -> Flags:
    return _any_text(table, lambda text: _text(text).stop_word)


def _any_text(table: DeclaredTable, odd: Callable[[str], bool]) -> Flags:
    return _any_item(table, _which(table.column("items.description"), odd))


def _battery_undeclared(table: DeclaredTable) -> Flags:
    worded = _which(table.column("items.description"), lambda text: _text(text).battery)
    headed = _which(table.column("items.hs_code"), lambda code: code.startswith(_BATTERY_HEADINGS))
    declared = _which(table.column("items.dangerous_goods"), bool)
    return _any_item(table, (worded | headed) & ~declared)


def _origin_differs(table: DeclaredTable) -> Flags:
    pairs = zip(table.column("main.origin"), table.column("origin_post_country"), strict=True)
    return _flags([bool(origin) and origin != posted for origin, posted in pairs])


def _order_missing(table: DeclaredTable) -> Flags:
    return _flags([m.transaction_nature == "sale" and not m.order_id for m in table.manifests])


def _gift_by_business(table: DeclaredTable) -> Flags:
    return _flags(
        [m.transaction_nature == "gift" and m.consignor.kind == "business" for m in table.manifests]
    )


def _deliver_to_differs(table: DeclaredTable) -> Flags:
    return _flags(
        [m.deliver_to is not None and m.deliver_to.id != m.consignee.id for m in table.manifests]
    )


def _value_zero(table: DeclaredTable) -> Flags:
    return np.equal(table.numbers("total_value"), 0)


def _value_round(table: DeclaredTable) -> Flags:
    total = table.numbers("total_value")
    return np.logical_and(total > 0, np.equal(np.mod(total, 5.0), 0))


def _value_near_threshold(table: DeclaredTable) -> Flags:
    total = table.numbers("total_value")
    near = np.logical_and(total > _NEAR_THRESHOLD * _THRESHOLD_EUR, total <= _THRESHOLD_EUR)
    return near & _flags([currency == "EUR" for currency in table.column("currency")])


SIGNALS: dict[str, Callable[[DeclaredTable], Flags]] = {
    "s10_invalid": _s10_invalid,
    "hs_invalid": _hs_invalid,
    "country_unknown": _country_unknown,
    "currency_unknown": _currency_unknown,
    "ioss_invalid": _ioss_invalid,
    "eori_invalid": _eori_invalid,
    "value_mismatch": _value_mismatch,
    "weight_mismatch": _weight_mismatch,
    "description_vague": _description_vague,
    "description_stop_word": _description_stop_word,
    "battery_undeclared": _battery_undeclared,
    "origin_differs": _origin_differs,
    "order_missing": _order_missing,
    "gift_by_business": _gift_by_business,
    "deliver_to_differs": _deliver_to_differs,
    "value_zero": _value_zero,
    "value_round": _value_round,
    "value_near_threshold": _value_near_threshold,
}
"""Signals by name, each a boolean for every parcel of a batch."""
