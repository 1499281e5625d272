"""What profiles and orders said of a parcel, packed into its decision, and read back from there.

A record has the numbers that columns and signals of the delivered spec are made from, exactly as
they were used. What it does not have is not known later: other quantities, the words of titles.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.histories import LINES, NO_CURRENCY, RECEIVERS, Histories, OrdersSeen
from scorers.profiles.history import NEVER
from scorers.writing.columns import Packed

if TYPE_CHECKING:
    from scorers.features.tables import ManifestTable

LAYOUT: Final = 1
"""Changes with everything that makes older records unreadable."""

_LOGGED: Final = {
    **dict.fromkeys(RECEIVERS, "count_24h count_7d value_24h value_7d rate idle_hours"),
    "shipper": "count_24h count_30d rate near_share",
    "seller": "count_30d rate age_days usual_unit_value",
    "ioss": "total distinct age_days rate",
    "lane": "count_24h count_30d usual_unit_value usual_value_per_kg spread_of_value_per_kg",
}

LOGGED: Final = (
    *((kind, name) for kind, names in _LOGGED.items() for name in names.split()),
    ("address", "distinct"),
)
"""Quantities in the order of a record."""

_LINES: Final = [LINES[one] for one in LOGGED]

_RECORD: Final = np.dtype(
    [
        ("layout", "u1"),
        ("flags", "u1"),
        ("title", "u1"),
        ("currency", "S3"),
        ("price", "<f8"),
        ("formers", "<u8", (len(RECEIVERS),)),
        ("quantities", "<f4", (len(LOGGED),)),
    ]
)
"""150 bytes, a multiple of three: base64 of a batch is that of its records, one after the other.

`title` is a share in per cent. `formers` are places of the parcels before, plus one."""

_ORDER_KNOWN, _SOLD_BY_ANOTHER, _ABSENT = 1, 2, 4
_NO_TITLE: Final = 255
_PERCENT: Final = 100.0


class HistoryError(ValueError):
    """A text that is no packed history."""


def packed_histories(table: ManifestTable) -> Packed:
    """Return what each parcel saw as base64; "" for all where there were no profiles."""
    if table.histories is None:
        return Packed(b"", len(table))
    records = _records(table, table.histories)
    return Packed(b2a_base64(records.tobytes(), newline=False), len(table))


def _records(table: ManifestTable, histories: Histories) -> np.ndarray:
    records = np.empty(len(table), _RECORD)
    records["layout"] = LAYOUT
    orders = histories.orders
    records["flags"] = orders.known * _ORDER_KNOWN + orders.by_another * _SOLD_BY_ANOTHER
    percent = np.rint(table.numbers("profiles.title_share") * _PERCENT)
    records["title"] = np.where(np.isnan(percent), _NO_TITLE, percent)
    records["currency"], records["price"] = orders.currency, orders.price
    for column, kind in enumerate(RECEIVERS):
        records["formers"][:, column] = histories.places(kind) + 1
    records["quantities"] = histories.as_logged(_LINES).T
    return records


class LoggedHistories(Histories):
    """What parcels saw, from the `history` of their decisions; unknown where that is ""."""

    def __init__(
        self, texts: Sequence[str], topics: Sequence[str], ids: Hashes, rotations: int = 0
    ) -> None:
        """Read back what was packed; raise `HistoryError` if a text is something else.

        `topics` are those of the manifests; `ids` are the keys of their entities, by kind.
        """
        super().__init__(len(texts), (), rotations)
        self._records = np.frombuffer(b"".join(map(_record, texts)), _RECORD)
        self._topic_names = topics
        self._ids = ids

    def quantity(self, kind: str, name: str) -> Floats:
        """Return a quantity of the parcels' entities of a kind; NaN where it is not known."""
        if (kind, name) not in LOGGED:
            return np.full(len(self), np.nan)
        column = self._records["quantities"][:, LOGGED.index((kind, name))]
        return column.astype(np.float64)

    @cached_property
    def orders(self) -> OrdersSeen:
        """What each parcel knew of its order; where there is no history, as in no unit."""
        flags = self._records["flags"]
        absent = (flags & _ABSENT) > 0
        return OrdersSeen(
            absent | ((flags & _ORDER_KNOWN) > 0),
            self._records["price"],
            np.where(absent, NO_CURRENCY, self._records["currency"]),
            (flags & _SOLD_BY_ANOTHER) > 0,
        )

    def title_shares(self) -> Floats:
        """Return the share of the listing's words that the main description has."""
        percent = self._records["title"]
        return np.where(percent == _NO_TITLE, np.nan, percent / _PERCENT)

    def places(self, kind: str) -> Integers:
        """Return the packed place of the entity's parcel before each, below 0 if not known."""
        if kind not in RECEIVERS:
            return np.full(len(self), NEVER)
        return self._records["formers"][:, RECEIVERS.index(kind)].astype(np.int64) - 1

    def _topics(self, parcels: Integers) -> list[str]:
        """Return the topics of some parcels' manifests."""
        return [self._topic_names[parcel] for parcel in parcels.tolist()]

    def _keys(self) -> Hashes:
        return self._ids


def is_history(text: str) -> bool:
    """Tell whether a text can be read back.

    >>> is_history("AAAA"), is_history("")
    (False, True)
    """
    try:
        _record(text)
    except HistoryError:
        return False
    return True


def _nothing() -> bytes:
    """Return the record of a parcel of which nothing is known."""
    record = np.zeros(1, _RECORD)
    record["flags"], record["title"], record["price"] = _ABSENT, _NO_TITLE, np.nan
    record["quantities"] = np.nan
    return record.tobytes()


_NOTHING: Final = _nothing()


def _record(text: str) -> bytes:
    if not text:
        return _NOTHING
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError) as error:
        raise HistoryError(f"history: expected base64, got {error}") from None
    if len(data) != _RECORD.itemsize or data[0] != LAYOUT:
        expected = f"{_RECORD.itemsize} bytes of layout {LAYOUT}"
        raise HistoryError(f"history: expected {expected}, got {len(data)} of {data[:1].hex()}")
    return data
