"""Listed addresses, found however the street is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.hashing import Hashes, mixed
from scorers.lists.columntext import folded
from scorers.lists.entries import Entry
from scorers.lists.hashindex import HashSet
from scorers.lists.matches import Match
from scorers.lists.names import latin_words
from scorers.lists.parties import roles_of
from scorers.lists.seenwords import letters_of
from scorers.lists.wordhashes import BREAK

_PARTS: Final = 3
_MANY: Final = 64
"""Postcodes that are worth hashing."""

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
        _country(country),
    )


def _country(text: str) -> str:
    return text.strip().upper()


@lru_cache(maxsize=20_000)
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
        self._areas = {(address.postcode, address.country) for address in self._places}
        self._postcodes = HashSet(_hashes([postcode for postcode, _ in self._areas]))

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: none."""
        return []

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed addresses of a batch."""
        for role in roles_of(table):
            postcodes, countries = role.column("postcode"), role.column("country")
            streets = role.column("street")
            for row in self._likely(postcodes):
                postcode, country = postcodes[row], countries[row]
                if (_postcode(postcode), _country(country)) not in self._areas:
                    continue
                for place in self._places.get(address_of(streets[row], postcode, country), ()):
                    yield Match(int(role.rows[row]), place, f"{role.name}.address")

    def _likely(self, postcodes: Sequence[str]) -> Iterable[int]:
        """Return the rows whose postcode may be listed."""
        if len(postcodes) < _MANY:
            return range(len(postcodes))
        odd = set()
        if not "".join(postcodes).isascii():
            # Looked at one by one: letters of other scripts have no bytes here.
            odd = {row for row, postcode in enumerate(postcodes) if not postcode.isascii()}
        likely = np.flatnonzero(self._postcodes.having(_hashes(postcodes))).tolist()
        return sorted(odd.union(likely))


def _hashes(postcodes: Sequence[str]) -> Hashes:
    """Return hashes of postcodes by their first letters and digits."""
    text = folded(postcodes).translate(None, delete=b" ")
    ends = np.flatnonzero(np.frombuffer(text + b"\0", dtype=np.uint8) == BREAK)
    starts = np.append(0, ends[:-1] + 1)
    letters = letters_of(text, starts, ends - starts)
    return letters.front ^ mixed(letters.back)
