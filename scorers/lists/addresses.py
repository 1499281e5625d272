"""Listed addresses, found however the street is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.declared import DeclaredTable, TextPart
from scorers.features.hashing import Hashes, mix
from scorers.features.texts import Bytes, Places, Texts, text_at
from scorers.hashindex import Flags, HashSet, is_in
from scorers.lists.entries import Entry
from scorers.lists.matches import Match
from scorers.lists.names import latin_words
from scorers.lists.parties import roles_of

_PARTS: Final = 3
_ASCII: Final = 128
_KEPT: Final = np.array(
    [ord(chr(code).lower()) if chr(code).isalnum() else 0 for code in range(_ASCII)] + [0] * _ASCII,
    dtype=np.uint8,
)
"""Letters and digits of postcodes as small letters; 0 for what is left out."""

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
        hashes = [_hash(postcode) for postcode, _ in self._areas]
        self._postcodes = HashSet(np.array(hashes, dtype=np.uint64))

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: none."""
        return []

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed addresses of a batch."""
        for role in roles_of(table):
            postcodes, countries = role.texts("postcode"), role.texts("country")
            streets = role.texts("street")
            for row in self._likely(postcodes):
                postcode, country = text_at(postcodes, row), text_at(countries, row)
                if (_postcode(postcode), _country(country)) not in self._areas:
                    continue
                street = text_at(streets, row)
                for place in self._places.get(address_of(street, postcode, country), ()):
                    yield Match(int(role.rows[row]), place, f"{role.name}.address")

    def _likely(self, postcodes: Texts) -> list[int]:
        """Return the rows whose postcode may be listed."""
        likely = np.empty(len(postcodes.sizes), dtype=np.bool_)
        _find(postcodes.data, postcodes.starts, postcodes.sizes, self._postcodes.words, likely)
        found: list[int] = np.flatnonzero(likely).tolist()
        return found


@compiled
def _find(data: Bytes, starts: Places, sizes: Places, listed: Hashes, likely: Flags) -> None:
    """Set which postcodes are listed by their letters and digits, or have a letter that is not
    ASCII: what that is in Latin letters is looked at one by one."""
    for row in range(len(starts)):
        value = np.uint64(0)
        odd = False
        for place in range(starts[row], starts[row] + sizes[row]):
            code = data[place]
            odd |= code >= _ASCII
            kept = _KEPT[code]
            if kept:
                value = mix(value ^ np.uint64(kept))
        likely[row] = odd or is_in(listed, value)


def _hash(postcode: str) -> np.uint64:
    """Return the hash of a postcode of letters and digits."""
    value = np.uint64(0)
    for code in postcode.encode("ascii"):
        value = mix(value ^ np.uint64(code))
    return value
