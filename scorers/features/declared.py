"""What manifests declare, as columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final, Protocol, TypeVar, cast

import numpy as np

from schemas.manifest import Manifest
from scorers.features.batch import Floats, Integers
from scorers.features.hashing import Hashes, hashed_columns
from scorers.features.taken_apart import TakenApart
from scorers.features.texts import Texts, texts_of, texts_together

OPTIONAL_PARTIES = frozenset({"buyer", "deliver_to"})

_MAIN: Final = "main"
_ATTRIBUTES: Final = "attributes"

Result = TypeVar("Result")

TextPart = tuple[str, int]
"""A text source, and how many bytes of each text count: 0 for all."""


class Table(ABC):
    """Columns of a batch by source name. Parcel columns have `len(table)` values, item columns
    one for each item, in the order of the parcels."""

    def __init__(self) -> None:
        self._texts: dict[str, Texts] = {}
        self._hashes: dict[TextPart, Hashes] = {}
        self._computed: dict[object, object] = {}

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of parcels."""

    @property
    @abstractmethod
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""

    @cached_property
    def item_owners(self) -> Integers:
        """Index of the parcel that each item is in."""
        return np.arange(len(self)).repeat(self.item_counts)

    @abstractmethod
    def column(self, source: str) -> Sequence[Any]:
        """Return the column of `source`: texts, or floats with NaN for a missing one."""

    def computed(self, name: object, compute: Callable[[], Result]) -> Result:
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
        part = source, prefix
        if part not in self._hashes:
            self.hash_texts([part])
        return self._hashes[part]

    def hash_texts(self, parts: Iterable[TextPart]) -> None:
        """Hash columns that will be asked for; many at once cost little more than one."""
        wanted = [part for part in parts if part not in self._hashes]
        if wanted:
            self._hashes.update(self._hashed(wanted))

    def texts(self, source: str) -> Texts:
        """Return a column of texts as bytes."""
        if source not in self._texts:
            self._texts[source] = self._encoded(source)
        return self._texts[source]

    def _encoded(self, source: str) -> Texts:
        return texts_of(self.column(source))

    def _hashed(self, parts: Sequence[TextPart]) -> dict[TextPart, Hashes]:
        new = {source: self.column(source) for source, _ in parts if source not in self._texts}
        self._texts.update(texts_together(new))
        columns = [(self._texts[source], prefix) for source, prefix in parts]
        return dict(zip(parts, hashed_columns(columns), strict=True))


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

    def texts(self, path: str) -> Texts:
        """Return a field of texts as bytes."""

    def hashes(self, parts: Sequence[TextPart]) -> dict[TextPart, Hashes]:
        """Return the hashes of fields of texts, or of the first bytes of each."""


class DeclaredTable(Table):
    """Columns as declared.

    Sources: a field's path (`consignee.id`), `items.FIELD` for every item, `main.FIELD` for the
    item of the highest value, and `attributes.KEY`.
    """

    _made: ClassVar[Mapping[str, Callable[..., Any]]] = MappingProxyType({})
    """Columns of numbers or flags that a table makes of others, by source."""

    def __init__(self, declared: Declarations | Sequence[Manifest]) -> None:
        super().__init__()
        self._declared: Declarations = (
            TakenApart(declared) if isinstance(declared, Sequence) else declared
        )
        self._count = len(self._declared)
        self._columns: dict[str, Sequence[Any]] = {}
        self._numbers: dict[str, Floats] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""
        return self._declared.item_counts

    @cached_property
    def item_starts(self) -> Integers:
        """Index of each parcel's first item."""
        return self.item_counts.cumsum() - self.item_counts

    @cached_property
    def main_items(self) -> Integers:
        """Index of each parcel's item of the highest declared value, the first of equals."""
        values = self.numbers("items.value")
        highest = np.maximum.reduceat(values, self.item_starts)[self.item_owners]
        (candidates,) = (values == highest).nonzero()
        owners = self.item_owners[candidates]
        firsts: Integers = candidates[owners.searchsorted(np.arange(len(self)))]
        return firsts

    def some(self, source: str, parcels: Integers) -> list[Any]:
        """Return the values of some parcels in a column."""
        root, _, rest = source.partition(".")
        if source in self._columns or source in self._made or root == _ATTRIBUTES:
            return super().some(source, parcels)
        if root == _MAIN:
            return self._declared.some(f"items.{rest}", self.main_items[parcels])
        return self._declared.some(source, parcels)

    def numbers(self, source: str) -> Floats:
        """Return a column as floats, computed once."""
        if source not in self._numbers:
            self._numbers[source] = self._read_numbers(source)
        return self._numbers[source]

    def _read_numbers(self, source: str) -> Floats:
        if source in self._made:
            return np.asarray(self.column(source), dtype=np.float64)
        root, _, rest = source.partition(".")
        if root == _ATTRIBUTES:
            return super().numbers(source)
        if root == _MAIN:
            return self.numbers(f"items.{rest}")[self.main_items]
        return self._declared.numbers(source)

    def column(self, source: str) -> Sequence[Any]:
        """Return the column of `source`, computed once."""
        if source not in self._columns:
            made = source in self._made
            self._columns[source] = self._made[source](self) if made else self._read(source)
        return self._columns[source]

    def _read(self, source: str) -> Sequence[Any]:
        root, _, rest = source.partition(".")
        if root == _MAIN:
            return self.some(source, np.arange(len(self)))
        if root == _ATTRIBUTES and rest:
            return [attributes.get(rest, "") for attributes in self.column(root)]
        return self._declared.column(source)

    def _encoded(self, source: str) -> Texts:
        root, _, rest = source.partition(".")
        if root == _ATTRIBUTES:
            return super()._encoded(source)
        if root == _MAIN:
            return self.texts(f"items.{rest}").part(self.main_items)
        return self._declared.texts(source)

    def _hashed(self, parts: Sequence[TextPart]) -> dict[TextPart, Hashes]:
        """Return hashes of columns; what stands in the main items is among all items."""
        steps = [(part, part[0].partition(".")) for part in parts]
        main = {
            part: (f"items.{rest}", part[1]) for part, (root, _, rest) in steps if root == _MAIN
        }
        made = [part for part, (root, _, _) in steps if root == _ATTRIBUTES]
        wanted = {part: None for part in [*parts, *main.values()] if part not in self._hashes}
        found = self._declared.hashes([p for p in wanted if p not in main and p not in made])
        if made:
            found |= super()._hashed(made)
        for part, among_all in main.items():
            hashes = found[among_all] if among_all in found else self._hashes[among_all]
            found[part] = hashes[self.main_items]
        return found
