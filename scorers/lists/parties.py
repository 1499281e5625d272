"""Parties of a batch in one column; hardly any parcel has a buyer or a receiver of its own."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Final

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes, hashed
from scorers.features.texts import Texts, as_one
from scorers.lists.matches import Match

MANDATORY: Final = ("consignor", "consignee")
OPTIONAL: Final = ("buyer", "deliver_to")


class Parties:
    """All parties, role by role, as far as parcels have them: consignors come first.

    `rows` are the parcels that they are of.
    """

    def __init__(self, table: DeclaredTable) -> None:
        self._table = table
        # The table keeps no parties: they know it, and it would stay until cycles are collected.
        self.rows, self._ends, self._optional = table.computed("parties", lambda: _placed(table))

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, field: str) -> Texts:
        """Return a field of the parties."""
        mandatory = [self._table.texts(f"{role}.{field}") for role in MANDATORY]
        return as_one([*mandatory, *self._given(field)])

    def hashes(self, field: str) -> Hashes:
        """Return the hash of a field of the parties."""
        mandatory = [self._table.hashes(f"{role}.{field}") for role in MANDATORY]
        return np.concatenate([*mandatory, *map(hashed, self._given(field))])

    def match(self, at: int, entry: int, field: str, similarity: float = 100.0) -> Match:
        """Return that an entry was found in a field of the party at a place."""
        role = (*MANDATORY, *self._optional)[bisect_right(self._ends, at)]
        return Match(int(self.rows[at]), entry, f"{role}.{field}", similarity)

    def _given(self, field: str) -> list[Texts]:
        """Return a field of the parties in each optional role that any parcel has."""
        optional = self._optional.items()
        return [self._table.texts(f"{role}.{field}").part(rows) for role, rows in optional]


def _placed(table: DeclaredTable) -> tuple[Integers, list[int], dict[str, Integers]]:
    """Return the parcels of all parties, where roles end, and the parcels with optional roles."""
    given = {role: table.texts(f"{role}.id").sizes.nonzero()[0] for role in OPTIONAL}
    optional = {role: parcels for role, parcels in given.items() if len(parcels)}
    rows = [*(np.arange(len(table)) for _ in MANDATORY), *optional.values()]
    return np.concatenate(rows), [*accumulate(map(len, rows))], optional
