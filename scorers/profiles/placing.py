"""Orders to store, and the parcels that had asked for them (`functions.lua`: put_orders)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from scorers.profiles.configuration import ProfileConfiguration
from scorers.profiles.layout import minutes
from scorers.profiles.orders import EarlyParcel, OrderUnit
from scorers.profiles.requests import Arguments, Split

_GENERATION: Final = struct.Struct("<d")
_MARK: Final = struct.Struct("<IB")
_HEAD_SIZE: Final = 16


class OrderExchange:
    """A unit of orders: what to tell each shard, and which parcels were early by the answers."""

    def __init__(self, unit: OrderUnit, configuration: ProfileConfiguration) -> None:
        self._unit = unit
        self._shards = configuration.shards
        self._generation = int(minutes(unit.logged).max(initial=0)) // configuration.order_period
        self._split = Split.of(unit.ids, self._shards)

    def arguments(self) -> Iterator[Arguments]:
        """Yield, for each shard, the arguments that follow source, session and bounds."""
        for shard in range(self._shards):
            rows = self._split.rows(shard)
            ids = self._unit.ids[rows].astype("<u8").tobytes()
            yield [_GENERATION.pack(self._generation), ids, *self._unit.packed(rows)]

    def read(self, answers: Sequence[bytes]) -> list[EarlyParcel]:
        """Return the parcels that came before their orders, by the orders' rows."""
        found = []
        for shard, answer in enumerate(answers):
            rows, at = self._split.rows(shard), _HEAD_SIZE
            while at < len(answer):
                place, size = _MARK.unpack_from(answer, at)
                at += _MARK.size + size
                item = answer[at - size : at].decode("utf-8", "replace")
                found.append(EarlyParcel(int(rows[place]), item))
        return sorted(found, key=lambda parcel: parcel.row)
