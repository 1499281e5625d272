"""Goods that platforms sell: heading, wordings, price, mass and where they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from streams.simulator.goods import GOODS


@dataclass(frozen=True, slots=True)
class Good:
    """One kind of goods. Prices are EUR a unit, masses kg a unit, both as (low, high)."""

    hs6: str
    wordings: tuple[str, ...]
    price_eur: tuple[float, float]
    unit_kg: tuple[float, float]
    origins: tuple[str, ...]
    brand: bool = False
    un_number: str = ""

    @property
    def chapter(self) -> str:
        """The HS chapter, two digits."""
        return self.hs6[:2]


@cache
def catalogue() -> tuple[Good, ...]:
    """Return every kind of goods, in the table's order.

    >>> good = catalogue()[0]
    >>> good.hs6, good.price_eur, good.origins, good.brand
    ('610910', (3.5, 19.0), ('CN', 'BD', 'TR', 'IN'), True)
    """
    return tuple(_read(GOODS))


def made_in(country: str) -> tuple[Good, ...]:
    """Return the goods made in `country`; all goods where none is listed.

    >>> len(made_in("CN")) > 60, len(made_in("AE")) < 5
    (True, True)
    """
    return tuple(g for g in catalogue() if country in g.origins) or catalogue()


def branded() -> tuple[Good, ...]:
    """Return the goods of headings in which counterfeits are found."""
    return tuple(good for good in catalogue() if good.brand)


def dangerous() -> tuple[Good, ...]:
    """Return the goods that need a UN number: batteries, equipment with them, flammable liquids."""
    return tuple(good for good in catalogue() if good.un_number)


def _read(table: str) -> Iterator[Good]:
    lines = table.strip().splitlines()
    for head, wordings in zip(lines[::2], lines[1::2], strict=True):
        hs6, price, mass, *rest = head.split()
        un_number = next((mark for mark in rest if mark.startswith("UN")), "")
        yield Good(
            hs6=hs6,
            wordings=tuple(text.strip() for text in wordings.split(";")),
            price_eur=_range(price),
            unit_kg=_range(mass),
            origins=tuple(mark for mark in rest if len(mark) == len("CN")),
            brand="brand" in rest,
            un_number=un_number,
        )


def _range(text: str) -> tuple[float, float]:
    low, high = text.split("-")
    return float(low), float(high)
