"""Orders: what platforms sold, as the store keeps it, and what a unit's parcels learn of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Bytes, Places, Texts
from scorers.profiles.text_columns import fixed_width
from scorers.profiles.units import Flags, Source, check_span
from scorers.profiles.units import Texts as Codes

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
    currencies: Texts = field(repr=False)
    titles: Texts = field(repr=False)
    committed: int | None = None

    def __post_init__(self) -> None:
        check_span(self.source, self.start, self.next, self.offsets)

    def packed(self, rows: Integers) -> tuple[bytes, bytes]:
        """Return the fixed parts and the titles of some orders, each one after the other."""
        titles = self.titles.part(rows)
        sizes = titles.sizes.copy()
        text = np.empty(len(rows) * MOST_TITLE_BYTES, dtype=np.uint8)
        end = _cut_titles(titles.data, titles.starts, sizes, text)
        fixed = np.zeros(len(rows), dtype=ORDER)
        fixed["price"] = self.prices[rows]
        fixed["seller"] = self.sellers[rows]
        fixed["currency"] = fixed_width(self.currencies.part(rows), CURRENCY_LETTERS)
        fixed["title"] = sizes
        return fixed.tobytes(), text[:end].tobytes()


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
    def currency(self) -> Codes:
        """ISO 4217 code, empty where there is no order."""
        codes: Codes = self._spread("currency", b"")
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


@compiled
def _cut_titles(data: Bytes, starts: Places, sizes: Places, text: Bytes) -> int:
    """Write the first bytes of each title, no letter cut in two; return how many there are.

    `sizes` are then those that are left.
    """
    at = 0
    for row in range(len(starts)):
        size = min(sizes[row], MOST_TITLE_BYTES)
        while size < sizes[row] and (data[starts[row] + size] & 0xC0) == 0x80:
            size -= 1
        for place in range(size):
            text[at + place] = data[starts[row] + place]
        sizes[row] = size
        at += size
    return at
