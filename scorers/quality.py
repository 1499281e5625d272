"""Data-quality signals: what is odd about a declaration that can still be screened.

A signal is one boolean column a batch. It raises attention as a feature and as a reason; it never
rejects.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import not_
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from scorers.codes import are_countries, are_currencies, are_eori, are_hs, are_ioss
from scorers.compiled import compiled
from scorers.features.batch import Flags
from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.derived import item_sum
from scorers.features.hashing import hash_column
from scorers.features.texts import Texts, are_equal_at
from scorers.s10 import are_s10
from scorers.wording import Wording, descriptions_of

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable

__all__ = ["HASHED", "SIGNALS", "Flags"]

_SUM_TOLERANCE = 0.01
_WEIGHT_TOLERANCE = 1.005
_NEAR_THRESHOLD = 0.93
_ROUND = 5.0
_HEADING = 4
_BATTERY_HEADINGS: Final = hash_column(["8506", "8507"])

HASHED: Final[tuple[TextPart, ...]] = (
    ("id_scheme", 0),
    ("items.hs_code", _HEADING),
    ("main.origin", 0),
    ("origin_post_country", 0),
    ("transaction_nature", 0),
)
"""Columns of which signals compare the hashes."""

_EMPTY, _S10, _SALE, _GIFT = hash_column(["", "s10", "sale", "gift"])


def _where(likely: Flags, table: DeclaredTable, source: str, check: Callable[[Any], bool]) -> Flags:
    """Return which values are likely and pass a check, asking for the likely ones only."""
    flags = np.zeros(len(likely), dtype=np.bool_)
    (places,) = likely.nonzero()
    if len(places):
        flags[places] = [check(value) for value in table.some(source, places)]
    return flags


def _odd(table: DeclaredTable, source: str, are_right: Callable[[Texts], Flags]) -> Flags:
    """Return which texts of a column are given and not right."""
    texts = table.texts(source)
    flags: Flags = ~are_right(texts) & (texts.sizes > 0)
    return flags


def _any_item(table: DeclaredTable, flags: npt.NDArray[Any]) -> Flags:
    if not flags.any():
        return np.zeros(len(table), dtype=np.bool_)
    return np.logical_or.reduceat(flags, table.item_starts)


def _s10_invalid(table: DeclaredTable) -> Flags:
    flags: Flags = (table.hashes("id_scheme") == _S10) & ~are_s10(table.texts("item_id"))
    return flags


def _hs_invalid(table: DeclaredTable) -> Flags:
    return _any_item(table, ~are_hs(table.texts("items.hs_code")))


def _country_unknown(table: DeclaredTable) -> Flags:
    posted = _odd(table, "origin_post_country", are_countries)
    destined = _odd(table, "destination_country", are_countries)
    origins = _any_item(table, _odd(table, "items.origin", are_countries))
    return posted | destined | origins


def _currency_unknown(table: DeclaredTable) -> Flags:
    return _odd(table, "currency", are_currencies)


def _ioss_invalid(table: DeclaredTable) -> Flags:
    return _odd(table, "ioss", are_ioss)


def _eori_invalid(table: DeclaredTable) -> Flags:
    return _odd(table, "eori", are_eori)


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
    return _any_item(table, _where(battery, table, "items.dangerous_goods", not_))


def _origin_differs(table: DeclaredTable) -> Flags:
    origin, posted = table.hashes("main.origin"), table.hashes("origin_post_country")
    flags: Flags = (origin != posted) & (origin != _EMPTY)
    return flags


def _order_missing(table: DeclaredTable) -> Flags:
    flags: Flags = table.hashes("transaction_nature") == _SALE
    flags &= table.texts("order_id").sizes == 0
    return flags


def _gift_by_business(table: DeclaredTable) -> Flags:
    gifts = table.hashes("transaction_nature") == _GIFT
    return _where(gifts, table, "consignor.kind", "business".__eq__)


def _deliver_to_differs(table: DeclaredTable) -> Flags:
    receivers = table.texts("deliver_to.id")
    # A party has an id: where it is empty, there is none.
    flags: Flags = receivers.sizes > 0
    if flags.any():
        _keep_differing(receivers, table.texts("consignee.id"), flags)
    return flags


@compiled
def _keep_differing(some: Texts, others: Texts, flags: Flags) -> None:
    """Clear the flags of texts that are equal."""
    for place in range(len(flags)):
        size = some.sizes[place]
        if flags[place] and size == others.sizes[place]:
            at, other_at = some.starts[place], others.starts[place]
            flags[place] = not are_equal_at(some.data, at, others.data, other_at, size)


def _value_zero(table: DeclaredTable) -> Flags:
    return np.equal(table.numbers("total_value"), 0)


def _value_round(table: DeclaredTable) -> Flags:
    total = table.numbers("total_value")
    # A fraction of what `mod` costs; amounts are far below where products lose whole numbers.
    return np.logical_and(total > 0, np.equal(np.rint(total / _ROUND) * _ROUND, total))


def _value_near_threshold(table: ManifestTable) -> Flags:
    of_limit = table.euros("total_value") / table.limits
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
