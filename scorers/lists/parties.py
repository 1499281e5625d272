"""Columns of the parties of a batch; hardly any parcel has a buyer or a receiver of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scorers.features.batch import Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes, hash_column

MANDATORY = ("consignor", "consignee")
OPTIONAL = ("buyer", "deliver_to")
ROLES = MANDATORY + OPTIONAL


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

    def hashes(self, field: str) -> Hashes:
        """Return the hashes of a field of these parties."""
        if self.name in MANDATORY:
            return self.table.hashes(f"{self.name}.{field}")
        return hash_column(self.column(field))


def roles_of(table: DeclaredTable) -> list[Role]:
    """Return the roles that parties of a batch have."""
    every = np.arange(len(table))
    roles = [Role(name, every, table) for name in MANDATORY]
    for name in OPTIONAL:
        parties = table.column(name)
        if parties.count(None) < len(parties):
            given = [row for row, party in enumerate(parties) if party is not None]
            roles.append(Role(name, np.array(given), table))
    return roles
