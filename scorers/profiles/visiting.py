"""What a unit asks the store, and what its parcels saw by the answers (`functions.lua`: visit)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from scorers.profiles.answers import ShardAnswer, taken_apart
from scorers.profiles.configuration import ProfileConfiguration
from scorers.profiles.deltas import Deltas, Visits
from scorers.profiles.history import Before
from scorers.profiles.layout import KINDS, NEAR, SHARED, Records
from scorers.profiles.orders import Orders
from scorers.profiles.requests import Arguments, Split
from scorers.profiles.seen import Seen
from scorers.profiles.units import Flags, Unit

_GENERATIONS: Final = struct.Struct("<ddddd")


class VisitExchange:
    """A unit's visit: what to ask each shard, and what the parcels saw by their answers."""

    def __init__(self, unit: Unit, configuration: ProfileConfiguration) -> None:
        self._unit = unit
        self._configuration = configuration
        shards = configuration.shards
        self._visits = Visits(unit, shards, configuration.period, configuration.ahead)
        places = np.arange(shards * len(KINDS) + 1)
        self._cuts: list[int] = np.searchsorted(self._visits.groups.places, places).tolist()
        (self._order_rows,) = unit.parcels.orders.nonzero()
        self._orders = Split.of(unit.parcels.orders[self._order_rows], shards)

    def arguments(self) -> Iterator[Arguments]:
        """Yield, for each shard, the arguments that follow source, session and bounds."""
        generations = (
            self._visits.generation,
            self._visits.newest // self._configuration.order_period,
        )
        packed = _GENERATIONS.pack(*generations, *self._configuration.fade)
        deltas = self._visits.deltas()
        for shard in range(self._configuration.shards):
            rows = self._order_rows[self._orders.rows(shard)]
            ids = self._unit.parcels.orders[rows].astype("<u8").tobytes()
            items = self._unit.parcels.items[rows].tobytes()
            yield [packed, ids, items, *self._entities(shard, deltas)]

    def _entities(self, shard: int, deltas: Deltas) -> list[memoryview]:
        """Return what a shard's entities get; then for each kind ids and references."""
        first, *_, end = self._cuts_of(shard)
        references, near = deltas.references[first:end], deltas.near[first:end]
        parcels, records = deltas.parcels, deltas.records
        if self._configuration.shards > 1:
            shared = references["bit"] == SHARED
            parcels = _needed(parcels, references, ~shared)
            records = _needed(records, references, shared)
        (few,) = near.nonzero()
        counts = np.empty(len(few), dtype=NEAR)
        counts["row"], counts["near"] = few, near[few]
        ids = self._visits.groups.ids[first:end].astype("<u8", copy=False)
        columns = [(_octets(ids), ids.itemsize), (_octets(references), references.itemsize)]
        by_kind = [
            octets[(start - first) * size : (behind - first) * size]
            for start, behind in pairwise(self._cuts_of(shard))
            for octets, size in columns
        ]
        return [_octets(parcels), _octets(records), _octets(counts), *by_kind]

    def _cuts_of(self, shard: int) -> list[int]:
        """Return where each kind's groups of a shard begin, and where the last one's end."""
        return self._cuts[shard * len(KINDS) : (shard + 1) * len(KINDS) + 1]

    def seen(self, answers: Sequence[bytes]) -> Seen:
        """Return what the parcels saw, by the answers of all shards."""
        parts = [self._part(shard, answer) for shard, answer in enumerate(answers)]
        orders = Orders(
            len(self._unit.parcels),
            self._order_rows[self._orders.order],
            b"".join(part.orders for part in parts),
        )
        before = self._before(parts)
        return Seen(self._unit, self._visits, before, orders, self._configuration.period)

    def _before(self, parts: Sequence[ShardAnswer]) -> Before:
        tails = [part.tails.copy() for part in parts]
        for shard, tail in enumerate(tails):
            tail["row"] += self._cuts[shard * len(KINDS)]
        generations = np.array([part.generation for part in parts])
        records = np.concatenate([part.records for part in parts])
        return Before(records, np.concatenate(tails), generations)

    def _part(self, shard: int, answer: bytes) -> ShardAnswer:
        first, *_, end = self._cuts_of(shard)
        return taken_apart(answer, end - first)


def _needed(every: Records, references: Records, chosen: Flags) -> Records:
    """Return the parts that the chosen references need, which are then numbered by them."""
    needed, numbers = np.unique(references["number"][chosen], return_inverse=True)
    references["number"][chosen] = numbers
    some: Records = every[needed]
    return some


def _octets(values: npt.NDArray[Any]) -> memoryview:
    """Return the bytes of an array, not copied."""
    return values.view(np.uint8).reshape(-1).data
