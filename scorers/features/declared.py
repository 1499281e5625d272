"""What manifests declare, as columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from schemas.manifest import Manifest
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes, hashed_columns
from scorers.features.taken_apart import TakenApart
from scorers.features.texts import Texts, texts_of

OPTIONAL_PARTIES = frozenset({"buyer", "deliver_to"})

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
        self._texts.update(self._encoded([source for source, _ in wanted]))
        columns = [(self._texts[source], prefix) for source, prefix in wanted]
        self._hashes.update(zip(wanted, hashed_columns(columns), strict=True))

    def texts(self, source: str) -> Texts:
        """Return a column of texts as bytes."""
        if source not in self._texts:
            self._texts.update(self._encoded([source]))
        return self._texts[source]

    def _encoded(self, sources: Iterable[str]) -> dict[str, Texts]:
        """Return columns of texts as bytes."""
        wanted = [source for source in dict.fromkeys(sources) if source not in self._texts]
        columns = [self.column(source) for source in wanted]
        together = texts_of(list(chain.from_iterable(columns)))
        ends = np.cumsum([len(column) for column in columns]).tolist()
        spans = zip(wanted, [0, *ends[:-1]], ends, strict=True)
        return {source: together.part(slice(start, end)) for source, start, end in spans}


class Declarations(Protocol):
    """Fields of manifests by path (`consignee.id`), those of items as `items.FIELD`.

    A field of a party that is not there is empty.
    """

    def __len__(self) -> int:
        """Return the number of parcels."""

    @property
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""

    def column(self, path: str) -> Sequence[Any]:
        """Return the values of a field."""

    def some(self, path: str, places: Integers) -> list[Any]:
        """Return some of the values of a field."""

    def numbers(self, path: str) -> Floats:
        """Return a field of numbers or instants (Unix seconds); NaN for a missing one."""

    def texts(self, paths: Sequence[str]) -> dict[str, Texts]:
        """Return fields of texts as bytes."""


class DeclaredTable(Table):
    """Columns as declared.

    Sources: a field's path (`consignee.id`), `items.FIELD` for every item, `main.FIELD` for the
    item of the highest value, and `attributes.KEY`.
    """

    def __init__(self, declared: Declarations | Sequence[Manifest]) -> None:
        super().__init__()
        self._declared: Declarations = (
            TakenApart(declared) if isinstance(declared, Sequence) else declared
        )
        self._columns: dict[str, Sequence[Any]] = {}
        self._numbers: dict[str, Floats] = {}

    def __len__(self) -> int:
        return len(self._declared)

    @property
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""
        return self._declared.item_counts

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
            return self.some(f"items.{rest}", self.main_items[parcels])
        if source in self._columns or root in self._made:
            return super().some(source, parcels)
        return self._declared.some(source, parcels)

    def numbers(self, source: str) -> Floats:
        """Return a column as floats, computed once."""
        if source not in self._numbers:
            self._numbers[source] = self._read_numbers(source)
        return self._numbers[source]

    def _read_numbers(self, source: str) -> Floats:
        root, _, rest = source.partition(".")
        if root == "main":
            return self.numbers(f"items.{rest}")[self.main_items]
        if root in self._made:
            return super().numbers(source)
        return self._declared.numbers(source)

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

    _made = frozenset({"attributes"})
    """What columns are made by a table itself, by the first step of their source."""

    def _encoded(self, sources: Iterable[str]) -> dict[str, Texts]:
        wanted = [source for source in dict.fromkeys(sources) if source not in self._texts]
        made = [source for source in wanted if source.partition(".")[0] in self._made]
        declared = [source for source in wanted if source not in made]
        found = self._declared.texts(declared) if declared else {}
        return {**found, **super()._encoded(made)} if made else found

    def _read(self, source: str) -> Sequence[Any]:
        root, _, rest = source.partition(".")
        if root == "main":
            return self.some(source, np.arange(len(self)))
        if root == "attributes" and rest:
            return [attributes.get(rest, "") for attributes in self._declared.column(root)]
        return self._declared.column(source)


def _among_all(source: str) -> str:
    root, _, rest = source.partition(".")
    return f"items.{rest}" if root == "main" else source
