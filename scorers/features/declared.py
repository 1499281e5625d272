"""What manifests declare, as columns; each record is taken apart once, when first asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar, cast

import msgspec
import numpy as np

from schemas.manifest import Item, Manifest, Party
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes, hashed
from scorers.features.texts import Texts, texts_of

OPTIONAL_PARTIES = frozenset({"buyer", "deliver_to"})

Columns = dict[str, tuple[Any, ...]]
"""The fields of some records of one type, by name."""

Result = TypeVar("Result")

TextPart = tuple[str, int]
"""A text source, and how many bytes of each text count: 0 for all."""


class Table(ABC):
    """Columns of a batch by source name. Parcel columns have `len(table)` values, item columns
    one for each item, in the order of the parcels."""

    def __init__(self) -> None:
        self._texts: dict[str, Texts] = {}
        self._hashes: dict[TextPart, Hashes] = {}
        self._computed: dict[str, object] = {}

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

    def computed(self, name: str, compute: Callable[[], Result]) -> Result:
        """Return what several columns are made from, computed once."""
        if name not in self._computed:
            self._computed[name] = compute()
        return cast("Result", self._computed[name])

    def some(self, source: str, parcels: Integers) -> list[Any]:
        """Return the values of some parcels in a column."""
        return list(map(self.column(source).__getitem__, parcels.tolist()))

    def numbers(self, source: str) -> Floats:
        """Return a column as floats."""
        return np.asarray(self.column(source), dtype=np.float64)

    def hashes(self, source: str, prefix: int = 0) -> Hashes:
        """Return the hash of each text of a column, or of its first bytes."""
        if (source, prefix) not in self._hashes:
            self.hash_texts([(source, prefix)])
        return self._hashes[source, prefix]

    def hash_texts(self, parts: Iterable[TextPart]) -> None:
        """Hash columns that will be asked for; many at once cost little more than one."""
        wanted = [part for part in dict.fromkeys(parts) if part not in self._hashes]
        if not wanted:
            return
        self._encode(source for source, _ in wanted)
        for source, prefix in wanted:
            self._hashes[source, prefix] = hashed(self._texts[source], prefix)

    def texts(self, source: str) -> Texts:
        """Return a column of texts as bytes."""
        if source not in self._texts:
            self._encode([source])
        return self._texts[source]

    def _encode(self, sources: Iterable[str]) -> None:
        """Encode columns of texts, all in one buffer."""
        wanted = [source for source in dict.fromkeys(sources) if source not in self._texts]
        columns = [self.column(source) for source in wanted]
        together = texts_of(list(chain.from_iterable(columns)))
        start = 0
        for source, column in zip(wanted, columns, strict=True):
            self._texts[source] = together.part(slice(start, start + len(column)))
            start += len(column)


class DeclaredTable(Table):
    """Columns as declared.

    Sources: a field's path (`consignee.id`), `items.FIELD` for every item, `main.FIELD` for the
    item of the highest value, and `attributes.KEY`.
    """

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        super().__init__()
        self.manifests = manifests
        self._columns: dict[str, Sequence[Any]] = {}
        self._numbers: dict[str, Floats] = {}

    def __len__(self) -> int:
        return len(self.manifests)

    @cached_property
    def _of_manifests(self) -> Columns:
        return _taken_apart(Manifest, self.manifests)

    @cached_property
    def _of_consignors(self) -> Columns:
        return _taken_apart(Party, self._of_manifests["consignor"])

    @cached_property
    def _of_consignees(self) -> Columns:
        return _taken_apart(Party, self._of_manifests["consignee"])

    @cached_property
    def _of_items(self) -> Columns:
        return _taken_apart(Item, list(chain.from_iterable(self._of_manifests["items"])))

    @cached_property
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""
        return np.fromiter(map(len, self._of_manifests["items"]), np.int64, len(self))

    @cached_property
    def item_starts(self) -> Integers:
        """Index of each parcel's first item."""
        return np.cumsum(self.item_counts) - self.item_counts

    @cached_property
    def item_owners(self) -> Integers:
        """Index of the parcel that each item is in."""
        return np.repeat(np.arange(len(self)), self.item_counts)

    @cached_property
    def main_items(self) -> Integers:
        """Index of each parcel's item of the highest declared value, the first of equals."""
        values = self.numbers("items.value")
        highest = np.maximum.reduceat(values, self.item_starts)[self.item_owners]
        candidates = np.flatnonzero(values == highest)
        owners = self.item_owners[candidates]
        return candidates[np.searchsorted(owners, np.arange(len(self)))]

    def some(self, source: str, parcels: Integers) -> list[Any]:
        """Return the values of some parcels in a column."""
        root, _, rest = source.partition(".")
        if root == "main":
            return super().some(f"items.{rest}", self.main_items[parcels])
        return super().some(source, parcels)

    def numbers(self, source: str) -> Floats:
        """Return a column as floats, computed once."""
        if source not in self._numbers:
            root, _, rest = source.partition(".")
            if root == "main":
                self._numbers[source] = self.numbers(f"items.{rest}")[self.main_items]
            else:
                self._numbers[source] = super().numbers(source)
        return self._numbers[source]

    def hashes(self, source: str, prefix: int = 0) -> Hashes:
        """Return the hash of each text of a column, or of its first bytes."""
        root, _, rest = source.partition(".")
        if root == "main":
            return self.hashes(f"items.{rest}", prefix)[self.main_items]
        return super().hashes(source, prefix)

    def texts(self, source: str) -> Texts:
        """Return a column of texts as bytes."""
        root, _, rest = source.partition(".")
        if root == "main":
            return self.texts(f"items.{rest}").part(self.main_items)
        return super().texts(source)

    def hash_texts(self, parts: Iterable[TextPart]) -> None:
        """Hash columns that will be asked for; what stands in the main items is among all items."""
        super().hash_texts((_among_all(source), prefix) for source, prefix in parts)

    def column(self, source: str) -> Sequence[Any]:
        """Return the column of `source`, computed once."""
        if source not in self._columns:
            self._columns[source] = self._read(source)
        return self._columns[source]

    def _read(self, source: str) -> Sequence[Any]:
        root, _, rest = source.partition(".")
        if not rest:
            return self._of_manifests[source]
        if root == "consignee":
            return self._of_consignees[rest]
        if root == "consignor":
            return self._of_consignors[rest]
        if root == "items":
            return self._of_items[rest]
        if root == "main":
            every = self._of_items[rest]
            return [every[index] for index in self.main_items.tolist()]
        if root == "attributes":
            return [attributes.get(rest, "") for attributes in self._of_manifests[root]]
        read = attrgetter(rest)
        return ["" if party is None else read(party) for party in self._of_manifests[root]]


def _among_all(source: str) -> str:
    root, _, rest = source.partition(".")
    return f"items.{rest}" if root == "main" else source


def _taken_apart(record: type[msgspec.Struct], records: Sequence[Any]) -> Columns:
    """Return the fields of `records` as columns."""
    names = record.__struct_fields__
    if not records:
        return dict.fromkeys(names, ())
    # Whole records: 13 ns a field, where reading attributes one by one takes 20 to 60.
    columns = zip(*map(msgspec.structs.astuple, records), strict=True)
    return dict(zip(names, columns, strict=True))
