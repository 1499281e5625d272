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
from scorers.features.hashing import Hashes
from scorers.features.texts import Texts, text_at, texts_of
from scorers.hashindex import Flags, HashSet, is_in
from scorers.lists.entries import Entry
from scorers.lists.matches import Match
from scorers.lists.names import latin_words
from scorers.lists.parties import Parties

_PARTS: Final = 3
_ASCII: Final = 128
_KEPT: Final = np.array(
    [ord(chr(code).lower()) if chr(code).isalnum() else 0 for code in range(_ASCII)] + [0] * _ASCII,
    dtype=np.uint8,
)
"""Letters and digits of postcodes and countries as small letters; 0 for what is left out."""

_BASE: Final = np.uint64(0xD6E8FEB86659FD93)
_BETWEEN: Final = np.uint64(1)
"""Stands between a postcode and a country."""

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
        areas = sorted(self._areas)
        hashes = np.empty(len(areas), dtype=np.uint64)
        postcodes, countries = ([area[part] for area in areas] for part in range(2))
        _hash_all(texts_of(postcodes), texts_of(countries), hashes)
        self._hashes = HashSet(hashes)

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are looked up by their hash: none."""
        return []

    def matches(self, table: DeclaredTable) -> Iterator[Match]:
        """Yield the listed addresses of a batch."""
        parties = Parties(table)
        postcodes, countries = parties.texts("postcode"), parties.texts("country")
        likely = self._likely(postcodes, countries)
        if not likely:
            return
        streets = parties.texts("street")
        for at in likely:
            postcode, country = text_at(postcodes, at), text_at(countries, at)
            if (_postcode(postcode), _country(country)) in self._areas:
                address = address_of(text_at(streets, at), postcode, country)
                for place in self._places.get(address, ()):
                    yield parties.match(at, place, "address")

    def _likely(self, postcodes: Texts, countries: Texts) -> list[int]:
        """Return the rows whose postcode and country may be listed."""
        likely = np.empty(len(postcodes.sizes), dtype=np.bool_)
        _find(postcodes, countries, self._hashes.words, likely)
        found: list[int] = likely.nonzero()[0].tolist()
        return found


@compiled
def _find(postcodes: Texts, countries: Texts, listed: Hashes, likely: Flags) -> None:
    """Set which areas are listed by their letters and digits, or have a letter that is not ASCII:
    what that is in Latin letters is looked at one by one."""
    for row in range(len(likely)):
        odd = _is_odd(postcodes, row) or _is_odd(countries, row)
        likely[row] = odd or is_in(listed, _hash(postcodes, countries, row))


@compiled
def _hash_all(postcodes: Texts, countries: Texts, hashes: Hashes) -> None:
    for row in range(len(hashes)):
        hashes[row] = _hash(postcodes, countries, row)


@compiled
def _hash(postcodes: Texts, countries: Texts, row: int) -> np.uint64:
    """Return the hash of a postcode and a country by their letters and digits."""
    value = _added(_BETWEEN, postcodes, row)
    return _added(value * _BASE + _BETWEEN, countries, row)


@compiled
def _added(value: np.uint64, texts: Texts, row: int) -> np.uint64:
    start = texts.starts[row]
    for place in range(start, start + texts.sizes[row]):
        kept = _KEPT[texts.data[place]]
        if kept:
            value = value * _BASE + np.uint64(kept)
    return value


@compiled
def _is_odd(texts: Texts, row: int) -> bool:
    start, highest = texts.starts[row], np.uint8(0)
    for place in range(start, start + texts.sizes[row]):
        highest = max(highest, texts.data[place])
    return bool(highest >= _ASCII)
