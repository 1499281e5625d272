"""The series that a parcel counts in: its lane, its platform, its shipper's country, its office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.hashing import Hashes, hash_text, mix
from scorers.features.tables import ManifestTable

Parts = tuple[tuple[str, int], ...]
"""Columns that make a name, and how many characters of each count: 0 for all."""

KINDS: Final[dict[str, Parts]] = {
    "lane": (("main.hs_code", 4), ("main.origin", 0), ("destination_country", 0)),
    "platform": (("platform_id", 0),),
    "shipper-country": (("consignor.country", 0),),
    "office": (("office_of_entry", 0),),
}

HASHED: Final = tuple(part for parts in KINDS.values() for part in parts)
"""Columns whose hashes make a key."""

_MOST: Final = 64
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_SALTS: Final = np.array([hash_text(f"series:{kind}") for kind in KINDS], dtype=np.uint64)


def series_keys(table: ManifestTable) -> Hashes:
    """Return a hash of each parcel's series: a line for each of the kinds, in their order."""
    return table.computed("series", lambda: _keys(table))


def key_of(name: str) -> int | None:
    """Return the hash of a series' name; None if it is not one.

    >>> key_of("lane:6109:CN") is None
    True
    """
    kind, _, rest = name.partition(":")
    if kind not in KINDS:
        return None
    parts = rest.split(":", len(KINDS[kind]) - 1)
    if len(parts) != len(KINDS[kind]):
        return None
    key = _SALTS[[list(KINDS).index(kind)]]
    for part in parts:
        join(key, np.array([hash_text(part)], dtype=np.uint64))
    return int(key[0])


def names_of(table: ManifestTable, rows: Sequence[int]) -> list[str]:
    """Return the names of series; a row is a parcel's place in the lines of keys, end to end."""
    kinds = list(KINDS.items())
    names = []
    for row in rows:
        kind, parts = kinds[row // len(table)]
        parcel = np.array([row % len(table)])
        texts = [table.some(source, parcel)[0][: size or None] for source, size in parts]
        names.append(":".join((kind, *texts))[:_MOST])
    return names


def _keys(table: ManifestTable) -> Hashes:
    keys = _SALTS.repeat(len(table)).reshape(len(KINDS), len(table))
    for line, parts in zip(keys, KINDS.values(), strict=True):
        for source, size in parts:
            join(line, table.hashes(source, size))
    return keys


@compiled
def join(keys: Hashes, part: Hashes) -> None:
    """Make each key one of itself and a part."""
    for row in range(len(keys)):
        keys[row] = mix(keys[row] * _ODD ^ part[row])
