"""Data-quality signals: what is odd about a declaration that can still be screened.

A signal is one boolean column a batch. It raises attention as a feature and as a reason; it never
rejects. Checks of texts and codes are memoised, since both repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import not_
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from schemas.identifiers import is_country, is_currency, is_eori, is_hs, is_ioss
from scorers.features.declared import DeclaredTable
from scorers.features.derived import item_sum
from scorers.features.hashing import hash_column
from scorers.memo import TextMemo
from scorers.s10 import are_s10
from scorers.wording import Wording, descriptions_of

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable

Flags = npt.NDArray[np.bool_]

_SUM_TOLERANCE = 0.01
_WEIGHT_TOLERANCE = 1.005
_NEAR_THRESHOLD = 0.93
_HEADING = 4
_BATTERY_HEADINGS: Final = hash_column(["8506", "8507"])
_EMPTY, _SALE, _GIFT = hash_column(["", "sale", "gift"])

_not_hs = TextMemo(lambda code: not is_hs(code))
_not_country = TextMemo(lambda code: bool(code) and not is_country(code))
_not_currency = TextMemo(lambda code: bool(code) and not is_currency(code))
_not_ioss = TextMemo(lambda number: bool(number) and not is_ioss(number))
_not_eori = TextMemo(lambda number: bool(number) and not is_eori(number))


def _is(column: Sequence[str], value: str) -> Flags:
    return np.fromiter(map(value.__eq__, column), np.bool_, len(column))


def _where(likely: Flags, column: Sequence[Any], check: Callable[[Any], bool]) -> Flags:
    """Return which parcels are likely and pass a check, asking for the likely ones only."""
    flags = np.zeros(len(likely), dtype=np.bool_)
    for place in np.flatnonzero(likely).tolist():
        flags[place] = check(column[place])
    return flags


def _any_item(table: DeclaredTable, flags: npt.NDArray[Any]) -> Flags:
    if not flags.any():
        return np.zeros(len(table), dtype=np.bool_)
    return np.logical_or.reduceat(flags, table.item_starts)


def _s10_invalid(table: DeclaredTable) -> Flags:
    return _is(table.column("id_scheme"), "s10") & ~are_s10(table.column("item_id"))


def _hs_invalid(table: DeclaredTable) -> Flags:
    return _any_item(table, _not_hs.flags(table.column("items.hs_code")))


def _country_unknown(table: DeclaredTable) -> Flags:
    posted = _not_country.flags(table.column("origin_post_country"))
    destined = _not_country.flags(table.column("destination_country"))
    origins = _any_item(table, _not_country.flags(table.column("items.origin")))
    return posted | destined | origins


def _currency_unknown(table: DeclaredTable) -> Flags:
    return _not_currency.flags(table.column("currency"))


def _ioss_invalid(table: DeclaredTable) -> Flags:
    return _not_ioss.flags(table.column("ioss"))


def _eori_invalid(table: DeclaredTable) -> Flags:
    return _not_eori.flags(table.column("eori"))


def _value_mismatch(table: DeclaredTable) -> Flags:
    total = table.numbers("total_value")
    gap = np.abs(item_sum(table, "value") - total)
    return np.greater(gap, _SUM_TOLERANCE * np.maximum(total, 1.0))


def _weight_mismatch(table: DeclaredTable) -> Flags:
    net = item_sum(table, "net_weight_kg")
    return np.greater(net, table.numbers("gross_weight_kg") * _WEIGHT_TOLERANCE)


def _worded(table: DeclaredTable, wording: Wording) -> npt.NDArray[np.uint8]:
    """Return for every item whether its description is odd in this way."""
    return descriptions_of(table, "items.description").judged & np.uint8(wording)


def _description_vague(table: DeclaredTable) -> Flags:
    return _any_item(table, _worded(table, Wording.VAGUE))


def _description_stop_word(table: DeclaredTable) -> Flags:
    return _any_item(table, _worded(table, Wording.STOP_WORD))


def _battery_undeclared(table: DeclaredTable) -> Flags:
    headings = table.hashes("items.hs_code", _HEADING)
    battery = _worded(table, Wording.BATTERY).astype(np.bool_)
    for heading in _BATTERY_HEADINGS:
        battery |= headings == heading
    return _any_item(table, _where(battery, table.column("items.dangerous_goods"), not_))


def _origin_differs(table: DeclaredTable) -> Flags:
    origin, posted = table.hashes("main.origin"), table.hashes("origin_post_country")
    flags: Flags = (origin != posted) & (origin != _EMPTY)
    return flags


def _order_missing(table: DeclaredTable) -> Flags:
    orders = table.column("order_id")
    if "" not in orders:
        return np.zeros(len(table), dtype=np.bool_)
    flags: Flags = (table.hashes("transaction_nature") == _SALE) & _is(orders, "")
    return flags


def _gift_by_business(table: DeclaredTable) -> Flags:
    gifts = table.hashes("transaction_nature") == _GIFT
    return _where(gifts, table.column("consignor.kind"), "business".__eq__)


def _deliver_to_differs(table: DeclaredTable) -> Flags:
    receivers = table.column("deliver_to")
    if not any(receivers):
        return np.zeros(len(table), dtype=np.bool_)
    pairs = zip(receivers, table.column("consignee.id"), strict=True)
    differ = [party is not None and party.id != consignee for party, consignee in pairs]
    return np.array(differ, dtype=np.bool_)


def _value_zero(table: DeclaredTable) -> Flags:
    return np.equal(table.numbers("total_value"), 0)


def _value_round(table: DeclaredTable) -> Flags:
    total = table.numbers("total_value")
    return np.logical_and(total > 0, np.equal(np.mod(total, 5.0), 0))


def _value_near_threshold(table: ManifestTable) -> Flags:
    of_limit = table.euros("total_value") / table.limits()
    return np.logical_and(of_limit > _NEAR_THRESHOLD, of_limit <= 1)


SIGNALS: dict[str, Callable[[ManifestTable], Flags]] = {
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
