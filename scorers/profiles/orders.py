"""Orders: what platforms sold, as the store keeps it, and what a unit's parcels learn of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Bytes
from scorers.profiles.units import Flags, Source, Texts, check_span

ORDER: Final = np.dtype([("price", "<f8"), ("seller", "<u8"), ("currency", "S3"), ("title", "u1")])
"""`seller` is a keyed hash; `title` is the size of the title in bytes, which follows."""

MOST_TITLE_BYTES: Final = 120
CURRENCY_LETTERS: Final = 3


@dataclass(frozen=True, eq=False)
class OrderUnit:
    """Orders of the records [start, next) of a partition.

    `ids` and `sellers` are keyed hashes, the latter those of the kind `seller`. `logged` (Unix
    seconds) tells when orders are old enough to be forgotten. Titles are cut to 120 bytes.
    """

    source: Source
    start: int
    next: int
    offsets: Integers
    logged: Integers
    ids: Hashes = field(repr=False)
    sellers: Hashes = field(repr=False)
    prices: Floats = field(repr=False)
    currencies: Sequence[str] = field(repr=False)
    titles: Sequence[str] = field(repr=False)
    committed: int | None = None

    def __post_init__(self) -> None:
        check_span(self.source, self.start, self.next, self.offsets)

    def packed(self, rows: Integers) -> tuple[bytes, bytes]:
        """Return the fixed parts and the titles of some orders, each one after the other."""
        titles = list(map(_cut, map(self.titles.__getitem__, rows.tolist())))
        fixed = np.zeros(len(rows), dtype=ORDER)
        fixed["price"] = self.prices[rows]
        fixed["seller"] = self.sellers[rows]
        fixed["currency"] = list(map(_code, map(self.currencies.__getitem__, rows.tolist())))
        fixed["title"] = list(map(len, titles))
        return fixed.tobytes(), b"".join(titles)


@lru_cache(maxsize=1_024)
def _code(currency: str) -> bytes:
    """Return three bytes of which not all are 0, which would be no order."""
    return currency.encode("ascii", "replace")[:CURRENCY_LETTERS].ljust(CURRENCY_LETTERS)


def _cut(title: str) -> bytes:
    """Return the first bytes of a title, no letter cut in two."""
    encoded = title.encode("utf-8", "replace")
    if len(encoded) <= MOST_TITLE_BYTES:
        return encoded
    return encoded[:MOST_TITLE_BYTES].decode("utf-8", "ignore").encode()


@dataclass(frozen=True)
class EarlyParcel:
    """A parcel that came before its order: the row of the order in its unit, and the item id."""

    row: int
    item_id: str


class Orders:
    """What the store knew of the parcels' orders. Columns have a value a parcel."""

    def __init__(self, count: int, rows: Integers, answers: bytes) -> None:
        """`rows` tells which of `count` parcels the orders in `answers` belong to.

        An order's title follows it; its size is in the order.
        """
        self._count = count
        self._rows = rows
        self._answers = answers
        self._fixed = np.empty(len(rows), dtype=ORDER)
        self._starts = np.empty(len(rows), dtype=np.int64)
        data = np.frombuffer(answers, np.uint8)
        _take_apart(data, self._fixed.view(np.uint8).reshape(-1, ORDER.itemsize), self._starts)

    @cached_property
    def known(self) -> Flags:
        """Whether the parcel names an order that the platform has reported."""
        return np.not_equal(self.currency, b"")

    @cached_property
    def price(self) -> Floats:
        """The order's price, without shipping, in `currency`; NaN where there is no order."""
        return np.where(self.known, self._spread("price", np.nan), np.nan)

    @cached_property
    def currency(self) -> Texts:
        """ISO 4217 code, empty where there is no order."""
        codes: Texts = self._spread("currency", b"")
        return codes

    @cached_property
    def seller(self) -> Hashes:
        """Keyed hash of the seller, 0 where there is no order."""
        sellers: Hashes = self._spread("seller", 0)
        return sellers

    def titled(self) -> Iterator[tuple[int, str]]:
        """Yield the parcels whose orders' listings have a title, and the title."""
        rows = np.flatnonzero(self._fixed["title"])
        starts = self._starts[rows]
        ends = starts + self._fixed["title"][rows]
        places = zip(self._rows[rows].tolist(), starts.tolist(), ends.tolist(), strict=True)
        for row, start, end in places:
            yield row, self._answers[start:end].decode()

    def title(self, parcel: int) -> str:
        """Return the listing's title, empty where there is no order."""
        return dict(self.titled()).get(parcel, "")

    def _spread(self, name: str, absent: object) -> Any:
        values = np.full(self._count, absent, dtype=self._fixed.dtype[name])
        values[self._rows] = self._fixed[name]
        return values


@compiled
def _take_apart(answers: Bytes, fixed: Bytes, starts: Integers) -> None:
    """Fill in the fixed part of each order, and where its title starts."""
    at = 0
    for row in range(len(starts)):
        for place in range(fixed.shape[1]):
            fixed[row, place] = answers[at + place]
        at += fixed.shape[1]
        starts[row] = at
        at += fixed[row, fixed.shape[1] - 1]
