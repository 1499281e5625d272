"""What a unit asks the store, and what its parcels saw by the answers (`functions.lua`: visit)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.profiles.configuration import ProfileConfiguration
from scorers.profiles.deltas import Visits
from scorers.profiles.history import Before
from scorers.profiles.layout import KINDS, NEAR, RECORD, TAIL, Records
from scorers.profiles.orders import ORDER, Orders
from scorers.profiles.requests import Arguments, Split
from scorers.profiles.seen import Seen
from scorers.profiles.units import Unit

_HEAD: Final = struct.Struct("<dd")
_GENERATIONS: Final = struct.Struct("<ddddd")
_COUNT: Final = struct.Struct("<I")


class VisitExchange:
    """A unit's visit: what to ask each shard, and what the parcels saw by their answers."""

    def __init__(self, unit: Unit, configuration: ProfileConfiguration) -> None:
        self._unit = unit
        self._configuration = configuration
        shards = configuration.shards
        self._visits = Visits(unit, shards, configuration.period, configuration.ahead)
        places = np.arange(shards * len(KINDS) + 1)
        self._cuts: list[int] = np.searchsorted(self._visits.groups.places, places).tolist()
        self._order_rows = np.flatnonzero(unit.parcels.orders)
        self._orders = Split.of(unit.parcels.orders[self._order_rows], shards)

    def arguments(self) -> Iterator[Arguments]:
        """Yield, for each shard, the arguments that follow source, session and bounds."""
        generations = (
            self._visits.generation,
            self._visits.newest // self._configuration.order_period,
        )
        packed = _GENERATIONS.pack(*generations, *self._configuration.fade)
        entities = self._entities()
        for shard in range(self._configuration.shards):
            rows = self._order_rows[self._orders.rows(shard)]
            ids = self._unit.parcels.orders[rows].astype("<u8").tobytes()
            items = self._unit.parcels.items[rows].tobytes()
            kinds = entities[shard * len(KINDS) : (shard + 1) * len(KINDS)]
            yield [packed, ids, items, *(part for kind in kinds for part in kind)]

    def _entities(self) -> list[tuple[memoryview, memoryview, bytes]]:
        """Return ids, deltas and near counts for each shard and kind."""
        records, near = self._visits.records(self._unit)
        deltas, ids = _octets(records), _octets(self._visits.groups.ids.astype("<u8"))
        rows = np.flatnonzero(near)
        near_cuts = np.searchsorted(rows, self._cuts).tolist()
        found = []
        for place in range(len(self._cuts) - 1):
            first, end = self._cuts[place], self._cuts[place + 1]
            few = rows[near_cuts[place] : near_cuts[place + 1]]
            counts = np.zeros(len(few), dtype=NEAR)
            counts["row"], counts["near"] = few - first, near[few]
            size = RECORD.itemsize
            part = ids[8 * first : 8 * end], deltas[size * first : size * end], counts.tobytes()
            found.append(part)
        return found

    def seen(self, answers: Sequence[bytes]) -> Seen:
        """Return what the parcels saw, by the answers of all shards."""
        parts = [self._part(shard, answer) for shard, answer in enumerate(answers)]
        orders = Orders(
            len(self._unit.parcels),
            self._order_rows[self._orders.order],
            _joined([part.orders for part in parts]),
            b"".join(part.titles for part in parts),
        )
        before = self._before(parts)
        return Seen(self._unit, self._visits, before, orders, self._configuration.period)

    def _before(self, parts: Sequence[_Part]) -> Before:
        tails = [part.tail.copy() for part in parts]
        for shard, tail in enumerate(tails):
            tail["row"] += self._cuts[shard * len(KINDS)]
        sizes = [len(part.records) for part in parts]
        generations = np.repeat([part.generation for part in parts], sizes)
        return Before(_joined([part.records for part in parts]), _joined(tails), generations)

    def _part(self, shard: int, answer: bytes) -> _Part:
        first, end = (self._cuts[(shard + more) * len(KINDS)] for more in (0, 1))
        _, generation = _HEAD.unpack_from(answer)
        records = np.frombuffer(answer, RECORD, end - first, _HEAD.size)
        at = _HEAD.size + records.nbytes
        tail = np.frombuffer(answer, TAIL, _COUNT.unpack_from(answer, at)[0], at + _COUNT.size)
        at += _COUNT.size + tail.nbytes
        orders = np.frombuffer(answer, ORDER, len(self._orders.rows(shard)), at)
        return _Part(int(generation), records, tail, orders, answer[at + orders.nbytes :])


class _Part(NamedTuple):
    """A shard's answer: records and counts of its entities, then the orders asked for."""

    generation: int
    records: Records
    tail: Records
    orders: Records
    titles: bytes


def _octets(values: npt.NDArray[Any]) -> memoryview:
    """Return the bytes of an array, not copied."""
    return values.view(np.uint8).reshape(-1).data


def _joined(parts: Sequence[Records]) -> Records:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
