"""Reading one profile without visiting it, and forgetting one."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Final, cast

import numpy as np

from scorers.features.hashing import Hashes
from scorers.profiles import (
    KINDS,
    ConfigurationMismatchError,
    Parcels,
    ProfileConfiguration,
    Seen,
    Source,
    Unit,
)
from scorers.profiles.layout import RECORD
from scorers.profiles.visiting import VisitExchange
from scorers.profiles.wire import Client, explained

_HEAD: Final = struct.Struct("<dd")
_COUNT: Final = struct.Struct("<I")
_AGED: Final = (0x5555555555555555, 0xAAAAAAAAAAAAAAAA)
"""What the turn of a period leaves of a sketch (`records.lua`)."""


class ProfileReader:
    """Reads profiles as a parcel would see them; looking changes nothing."""

    def __init__(self, client: Client, configuration: ProfileConfiguration) -> None:
        self._client = client
        self._configuration = configuration

    def seen(self, kind: str, key: int, now: datetime) -> Seen | None:
        """Return what a parcel of an entity would see now, as one column; None if nothing is known.

        Raises ProfileError.
        """
        shard = key % self._configuration.shards
        with explained():
            found = self._find(self._configuration.shard_keys[shard], kind, key)
        if found is None:
            return None
        generation, value = found
        exchange = VisitExchange(_imagined(kind, key, now), self._configuration)
        empty = _HEAD.pack(0, generation) + _COUNT.pack(0)
        answers = [empty] * self._configuration.shards
        answers[shard] = _answer(generation, value)
        return exchange.seen(answers)

    def forget(self, kind: str, key: int) -> bool:
        """Drop what is known of an entity, and return whether there was anything.

        Its next parcel is its first. Raises ProfileError.
        """
        shard = self._configuration.shard_keys[key % self._configuration.shards]
        with explained():
            places = self._places(shard, kind, key)
            dropped = [self._client.hdel(*place) for _, place in places]
        return any(dropped)

    def _find(self, shard: str, kind: str, key: int) -> tuple[int, bytes] | None:
        """Return the generation of an entity's record, and the record."""
        places = self._places(shard, kind, key)
        for generation, place in places:
            value = self._client.hget(*place)
            if isinstance(value, bytes):
                newest = places[0][0]
                return generation, _aged(value, newest) if generation < newest else value
        return None

    def _places(self, shard: str, kind: str, key: int) -> list[tuple[int, tuple[str, bytes]]]:
        """Return the generations that an entity's record can be of, the newest first, and where."""
        names = ["generation", "configuration"]
        newest, configuration = cast(
            "list[bytes | None]", self._client.hmget(f"{shard}:meta", names)
        )
        if newest is None:
            return []
        self._check(configuration)
        field, number = key.to_bytes(8, "little"), KINDS.index(kind) + 1
        generations = (int(newest), int(newest) - 1)
        return [(one, (f"{shard}:p:{number}:{one}", field)) for one in generations]

    def _check(self, found: bytes | None) -> None:
        """Refuse a store in which, under our configuration, every entity would be unknown."""
        ours, theirs = self._configuration.text, (found or b"").decode("utf-8", "replace")
        if theirs != ours:
            raise ConfigurationMismatchError(
                f"Profiles: expected a store of {ours}; got one of {theirs}"
            )


def _imagined(kind: str, key: int, now: datetime) -> Unit:
    """Return a unit of one parcel that has an entity of one kind."""
    seconds = np.array([int(now.timestamp())])
    ids: Hashes = np.zeros((len(KINDS), 1), dtype=np.uint64)
    ids[KINDS.index(kind)] = key
    nothing, unknown = np.zeros(1, dtype=np.uint64), np.zeros(1)
    items, near = np.array([b""]), np.zeros(1, dtype=np.bool_)
    return Unit(
        Source("", 0),
        0,
        1,
        Parcels(
            offsets=np.zeros(1, dtype=np.int64),
            submitted=seconds,
            logged=seconds,
            ids=ids,
            names=nothing,
            orders=nothing,
            items=items,
            value=unknown,
            weight=unknown,
            unit_value=unknown,
            value_per_kg=unknown,
            near=near,
        ),
    )


def _answer(generation: int, value: bytes) -> bytes:
    """Return a record as the store would answer a visit with it."""
    record, counts = value[: RECORD.itemsize], value[RECORD.itemsize :]
    tail = _COUNT.pack(1) + _COUNT.pack(0) + counts if counts else _COUNT.pack(0)
    return _HEAD.pack(0, generation) + record + tail


def _aged(value: bytes, newest: int) -> bytes:
    """Return a record with the sketch that it would have in the period after its own."""
    record = np.frombuffer(value, RECORD, 1).copy()
    record["sketch"] &= np.uint64(_AGED[newest % 2])
    return record.tobytes() + value[RECORD.itemsize :]
