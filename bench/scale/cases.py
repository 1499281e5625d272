"""One figure of the scale bench: a fresh store and handler, and one thing varied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from bench.scale.handling import Case, Cost, Handling
from bench.scale.parcels import all_entities, consignees, with_entities, with_items
from bench.speed.training import trained_model
from streams.embedded import EmbeddedStore

_WARM_UP: Final = 20_000
_FILL: Final = 20_000
"""Manifests made at a time while the store is filled."""

Point = dict[str, float]


class Bench:
    """Measures on the same recorded manifests again and again."""

    def __init__(self, values: Sequence[bytes], folder: Path) -> None:
        self._values = values
        self._folder = folder

    def entities(self, number: int) -> Point:
        """Measure with a store that knows so many entities."""
        values = with_entities(self._values, number)
        with EmbeddedStore() as store:
            handling = self._handling(store, Case())
            for first in range(0, consignees(number), _FILL):
                count = min(_FILL, consignees(number) - first)
                handling.feed(all_entities(values[0], number, first, count))
            return self._point("entities", number, handling.cost(values, _WARM_UP))

    def batch(self, size: int) -> Point:
        """Measure with batches of another size."""
        return self._measured("batch", size, self._values, Case(batch=size))

    def items(self, number: int) -> Point:
        """Measure with so many items in every parcel."""
        values = with_items(self._values, number)
        return self._measured("items", number, values, Case())

    def rules(self, number: int) -> Point:
        """Measure with so many rules."""
        return self._measured("rules", number, self._values, Case(rules=number))

    def model(self, bits: int) -> Point:
        """Measure with a model of 2^bits slots."""
        return self._measured("model bits", bits, self._values, Case(bits=bits))

    def _measured(self, name: str, at: int, values: Sequence[bytes], case: Case) -> Point:
        with EmbeddedStore() as store:
            return self._point(name, at, self._handling(store, case).cost(values, _WARM_UP))

    def _handling(self, store: EmbeddedStore, case: Case) -> Handling:
        first = self._values[:_WARM_UP]
        model = trained_model(first, case.bits)
        return Handling(store, self._folder, first, model, case)

    def _point(self, name: str, at: int, cost: Cost) -> Point:
        print(f"{name} {at:,}: {cost.worker:.1f} us worker, {cost.store:.1f} us store", flush=True)
        return {"at": at, **msgspec.to_builtins(cost)}
