"""Columns of the parties of a batch; hardly any parcel has a buyer or a receiver of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes, hashed
from scorers.features.texts import Texts, texts_of

MANDATORY = ("consignor", "consignee")
OPTIONAL = ("buyer", "deliver_to")
REPEATING = frozenset({"consignor"})
"""Roles in which the same parties come again in a batch."""


@dataclass(frozen=True)
class Role:
    """One role's parties in the parcels that have it, in `rows`."""

    name: str
    rows: Integers
    table: DeclaredTable

    def column(self, field: str) -> Sequence[str]:
        """Return a field of these parties."""
        if self.name in MANDATORY:
            return self.table.column(f"{self.name}.{field}")
        parties = self.table.column(self.name)
        return [getattr(parties[row], field) for row in self.rows.tolist()]

    def value(self, field: str, row: int) -> str:
        """Return a field of one of these parties."""
        if self.name in MANDATORY:
            return str(self.table.some(f"{self.name}.{field}", self.rows[row : row + 1])[0])
        return str(getattr(self.table.column(self.name)[int(self.rows[row])], field))

    def texts(self, field: str) -> Texts:
        """Return a field of these parties as bytes."""
        if self.name in MANDATORY:
            return self.table.texts(f"{self.name}.{field}")
        return texts_of(self.column(field))

    def hashes(self, field: str) -> Hashes:
        """Return the hash of a field of these parties."""
        if self.name in MANDATORY:
            return self.table.hashes(f"{self.name}.{field}")
        return hashed(self.texts(field))


def roles_of(table: DeclaredTable) -> Sequence[Role]:
    """Return the roles that parties of a batch have."""
    # The table keeps no roles: they know it, and it would stay until cycles are collected.
    rows = table.computed("roles", lambda: _rows_of_roles(table))
    return [Role(name, given, table) for name, given in rows.items()]


def _rows_of_roles(table: DeclaredTable) -> dict[str, Integers]:
    rows = dict.fromkeys(MANDATORY, np.arange(len(table)))
    for name in OPTIONAL:
        parties = table.column(name)
        if any(parties):
            given = [row for row, party in enumerate(parties) if party is not None]
            rows[name] = np.array(given)
    return rows
