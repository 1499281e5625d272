"""Columns of the parties of a batch; hardly any parcel has a buyer or a receiver of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes, hashed
from scorers.features.texts import Texts

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

    def texts(self, field: str) -> Texts:
        """Return a field of these parties."""
        texts = self.table.texts(f"{self.name}.{field}")
        return texts if self.name in MANDATORY else texts.part(self.rows)

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
        given = np.flatnonzero(table.texts(f"{name}.id").sizes)
        if len(given):
            rows[name] = given
    return rows
