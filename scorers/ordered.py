"""What a platform's order says of a parcel: columns of a feature spec; NaN without an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from scorers.features.batch import Floats
from scorers.features.text import words
from scorers.histories import missing, quantity
from scorers.memo import TextMemo

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable


def _prices(table: ManifestTable) -> Floats:
    """Return the prices of orders, NaN where it is not in the declared currency."""
    if table.histories is None:
        return missing(table)
    _, prices, currencies, _ = table.histories.orders
    if np.isnan(prices).all():
        return prices
    return np.where(np.array(table.column("currency")) == currencies.astype("U3"), prices, np.nan)


def _of_price(table: ManifestTable, value: Floats) -> Floats:
    """Return a value in the declared currency as a share of the order's price."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = value / table.computed("prices", lambda: _prices(table))
    return np.where(np.isfinite(share), share, np.nan)


def _paid_share(table: ManifestTable) -> Floats:
    return _of_price(table, table.numbers("total_value"))


def _paid_share_of_day(table: ManifestTable) -> Floats:
    """Return the same of all that came to the consignee within a day: an order may be in parts."""
    before = quantity(table, "consignee", "value_24h") / table.euro
    return _of_price(table, table.numbers("total_value") + before)


def _title_share(table: ManifestTable) -> Floats:
    """Return how many of the words of the listing's title the main description has, as a share."""
    if table.histories is None:
        return missing(table)
    if (logged := table.histories.title_shares()) is not None:
        return logged
    titles = table.histories.titles()
    if not any(titles):
        return missing(table)
    pairs = zip(table.column("main.description"), titles, strict=True)
    percents = [_COMMON[f"{text}\0{title}"] if title else -1 for text, title in pairs]
    shares = np.array(percents, dtype=np.float64) / 100
    return np.where(shares < 0, np.nan, shares)


def _common_percent(pair: str) -> int:
    description, _, title = pair.partition("\0")
    wanted = set(words(title))
    return round(100 * len(wanted.intersection(words(description))) / max(len(wanted), 1))


_COMMON: Final = TextMemo(_common_percent)

COLUMNS: Final[dict[str, Callable[[ManifestTable], Floats]]] = {
    "paid_share": _paid_share,
    "paid_share_of_day": _paid_share_of_day,
    "title_share": _title_share,
}
"""Columns by name."""
