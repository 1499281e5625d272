"""What manifests declare, as columns; each is read once, when it is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.manifest import Item, Manifest
from scorers.features.batch import Integers

OPTIONAL_PARTIES = frozenset({"buyer", "deliver_to"})


class Table(ABC):
    """Columns of a batch by source name. Parcel columns have `len(table)` values, item columns
    one for each item, in the order of the parcels."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of parcels."""

    @property
    @abstractmethod
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""

    @abstractmethod
    def column(self, source: str) -> Sequence[Any]:
        """Return the column of `source`: texts, or floats with NaN for a missing one."""


class DeclaredTable(Table):
    """Columns as declared.

    Sources: a field's path (`consignee.id`), `items.FIELD` for every item, `main.FIELD` for the
    item of the highest value, and `attributes.KEY`.
    """

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self.manifests = manifests
        self._columns: dict[str, Sequence[Any]] = {}

    def __len__(self) -> int:
        return len(self.manifests)

    @cached_property
    def items(self) -> list[Item]:
        """All items, in the order of the parcels."""
        return [item for manifest in self.manifests for item in manifest.items]

    @cached_property
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""
        return np.fromiter((len(m.items) for m in self.manifests), np.int64, len(self.manifests))

    @cached_property
    def item_starts(self) -> Integers:
        """Index of each parcel's first item."""
        return np.cumsum(self.item_counts) - self.item_counts

    @cached_property
    def main_items(self) -> list[Item]:
        """Each parcel's item of the highest declared value, the first of equals."""
        values = self.numbers("items.value")
        highest = np.repeat(np.maximum.reduceat(values, self.item_starts), self.item_counts)
        candidates = np.flatnonzero(values == highest)
        owners = np.repeat(np.arange(len(self)), self.item_counts)[candidates]
        first = candidates[np.unique(owners, return_index=True)[1]]
        return [self.items[index] for index in first.tolist()]

    def numbers(self, source: str) -> npt.NDArray[np.float64]:
        """Return a column as floats."""
        return np.asarray(self.column(source), dtype=np.float64)

    def column(self, source: str) -> Sequence[Any]:
        """Return the column of `source`, computed once."""
        if source not in self._columns:
            self._columns[source] = self._read(source)
        return self._columns[source]

    def _read(self, source: str) -> Sequence[Any]:
        root, _, rest = source.partition(".")
        if root == "items":
            return list(map(attrgetter(rest), self.items))
        if root == "main":
            return list(map(attrgetter(rest), self.main_items))
        if root == "attributes":
            return [manifest.attributes.get(rest, "") for manifest in self.manifests]
        if root in OPTIONAL_PARTIES and rest:
            read = attrgetter(rest)
            parties = map(attrgetter(root), self.manifests)
            return ["" if party is None else read(party) for party in parties]
        return list(map(attrgetter(source), self.manifests))
