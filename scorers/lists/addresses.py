"""Listed addresses, found however the street is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from scorers.features.declared import DeclaredTable
from scorers.lists.entries import Entry
from scorers.lists.matches import Match
from scorers.lists.names import latin_words
from scorers.lists.parties import roles_of
from scorers.memo import TextMemo

_PARTS: Final = 3
_WAYS: Final = (
    ("strasse", "str"), ("straat", "str"), ("street", "st"), ("road", "rd"), ("avenue", "ave"),
    ("lane", "ln"), ("square", "sq"), ("boulevard", "blvd"), ("building", "bldg"),
    ("apartment", "apt"),
)  # fmt: skip
_DIGITS: Final = re.compile(r"\d+|\D+")


class Address(NamedTuple):
    """An address as it is compared: words of the street in any order, postcode, country."""

    street: frozenset[str]
    postcode: str
    country: str


def address_in(value: str) -> Address | None:
    """Return the address in `street|postcode|country`, or None if a part is missing.

    >>> address_in("Hauptstraße 1a|D-10 115|de") == address_in("1 A Hauptstr.|D10115|DE")
    True
    >>> address_in("Hauptstr. 1|10115") is None
    True
    """
    parts = value.split("|")
    if len(parts) != _PARTS:
        return None
    address = address_of(*parts)
    return address if all(address) else None


@lru_cache(maxsize=20_000)
def address_of(street: str, postcode: str, country: str) -> Address:
    """Return a declared address as it is compared."""
    return Address(
        frozenset(part for word in latin_words(street) for part in _parts(word)),
        _postcode(postcode),
        country.strip().upper(),
    )


def _postcode(text: str) -> str:
    return "".join(latin_words(text))


def _parts(word: str) -> list[str]:
    """Return a word without its number, the kind of way in its short form."""
    for way, short in _WAYS:
        if word.endswith(way):
            word = word.removesuffix(way) + short
    return _DIGITS.findall(word)


class AddressIndex:
    """Finds addresses of parties: only where the postcode is listed the street is looked at."""

    def __init__(self, entries: Iterable[tuple[int, Entry]]) -> None:
        self._places: dict[Address, list[int]] = defaultdict(list)
        for place, entry in entries:
            address = address_in(entry.value)
            if address is not None:
                self._places[address].append(place)
        postcodes = {address.postcode for address in self._places}
        # Postcodes repeat, streets hardly.
        self._listed = TextMemo(lambda postcode: _postcode(postcode) in postcodes)

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed addresses of a batch."""
        for role in roles_of(table):
            rows = self._listed.flags(role.column("postcode")).nonzero()[0].tolist()
            if not rows:
                continue
            columns = [role.column(field) for field in ("street", "postcode", "country")]
            for row in rows:
                address = address_of(*(column[row] for column in columns))
                for place in self._places.get(address, ()):
                    yield Match(int(role.rows[row]), place, f"{role.name}.address")
