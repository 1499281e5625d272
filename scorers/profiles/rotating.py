"""Bringing all that a store keeps under a new secret, without knowing any clear text."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Final, cast

import numpy as np
from redis import Redis
from redis.cluster import RedisCluster

from scorers.profiles.configuration import ProfileConfiguration
from scorers.profiles.errors import ConfigurationMismatchError, ProfileError
from scorers.profiles.rekeying import Layers
from scorers.profiles.units import Source
from scorers.profiles.wire import Client, explained

_STAGE: Final = "rotated:"
_CHUNK: Final = 2_000
_POSITION: Final = struct.Struct("<d")
_ID: Final = np.dtype("<u8")
_SELLER: Final = 8
"""Where an order has its seller's key; the price is before it."""

Value = bytes | bytearray | memoryview | str | int | float


class RotationError(ProfileError):
    """Profiles cannot be brought under a new secret as things are; the text is one line."""


class Rotation:
    """Moves a store from the configuration before the last rotation to the one after it.

    Nobody may write meanwhile. All is first written anew beside the old; then each shard turns
    over in one transaction. One that was cut off is begun again, or finished if a shard has turned.
    """

    def __init__(self, client: Client, configuration: ProfileConfiguration) -> None:
        self._client = client
        self._after = configuration
        self._before = configuration.before_rotation()
        self._layers = Layers((*configuration.former[1:], configuration.secret))

    def positions(self) -> dict[Source, int]:
        """Return how far each source was applied, in the shard that is furthest."""
        found: dict[Source, int] = {}
        with explained():
            for shard in self._after.shard_keys:
                guards = cast("dict[bytes, bytes]", self._client.hgetall(f"{shard}:guard"))
                for name, entry in guards.items():
                    topic, _, partition = name.decode().rpartition(":")
                    source = Source(topic, int(partition))
                    at = int(_POSITION.unpack_from(entry)[0])
                    found[source] = max(found.get(source, 0), at)
        return found

    def run(self) -> int:
        """Return how many entities and orders were moved; 0 if all were before."""
        with explained():
            behind = self._behind()
            if len(behind) == self._after.shards:
                self._stage()
            return sum(map(self._turn, behind))

    def _behind(self) -> list[str]:
        """Return the shards that are still under the former secret."""
        behind = []
        for shard in self._after.shard_keys:
            found = cast("bytes | None", self._client.hget(f"{shard}:meta", "configuration"))
            text = (found or b"").decode("utf-8", "replace")
            if text == self._before.text:
                behind.append(shard)
            elif text != self._after.text:
                expected, got = self._before.text, text or "none"
                raise ConfigurationMismatchError(
                    f"Profiles: expected a store of {expected}; got one of {got}"
                )
        return behind

    def _stage(self) -> None:
        """Write all records anew beside the old ones; what a rotation before left goes first."""
        try:
            self._unlink(f"{_STAGE}*")
            old = [*self._keys("p:*"), *self._keys("o:*")]
            for key in old:
                self._copy(key, key.partition(b"}:")[2].decode())
            self._check(old)
        except BaseException:
            self._unlink(f"{_STAGE}*")
            raise

    def _check(self, old: list[bytes]) -> None:
        there = sum(map(self._client.hlen, old))
        made = sum(map(self._client.hlen, self._keys(f"{_STAGE}*")))
        if there != made:
            raise RotationError(
                f"Profiles: expected {there} records under the new secret, got {made}: somebody "
                "writes, or two have one key; stop whoever does, or take another secret"
            )

    def _copy(self, key: bytes, name: str) -> None:
        """Write the records at a key anew, each to the shard that has it from now on."""
        records = cast("Iterator[tuple[bytes, bytes]]", self._client.hscan_iter(key, count=_CHUNK))
        while chunk := dict(islice(records, _CHUNK)):
            values = list(chunk.values())
            if name.startswith("o:"):
                values = self._resold(values)
            parts: dict[int, dict[Value, Value]] = defaultdict(dict)
            for field, value in zip(self._again(list(chunk)), values, strict=True):
                shard = int.from_bytes(field, "little") % self._after.shards
                parts[shard][field] = value
            for shard, fields in parts.items():
                self._client.hset(f"{self._after.shard_keys[shard]}:{_STAGE}{name}", mapping=fields)

    def _resold(self, orders: list[bytes]) -> list[bytes]:
        """Return orders with the new keys of their sellers."""
        after = _SELLER + _ID.itemsize
        sellers = self._again([one[_SELLER:after] for one in orders])
        return [
            one[:_SELLER] + seller + one[after:]
            for one, seller in zip(orders, sellers, strict=True)
        ]

    def _again(self, ids: list[bytes]) -> list[bytes]:
        hashes = np.frombuffer(b"".join(ids), _ID).astype(np.uint64)
        under = len(self._layers) - 1
        return [key.tobytes() for key in self._layers.over(hashes, under).astype(_ID)]

    def _turn(self, shard: str) -> int:
        """Let the new records of a shard take the place of the old; return their number."""
        staged = [*self._keys(f"{_STAGE}*", shard)]
        count = sum(map(self._client.hlen, staged))
        old = [key for part in "po" for key in self._keys(f"{part}:*", shard)]
        # Answers are of batches that were committed: nobody asks for them again.
        old += [key for part in ("journal", "answer") for key in self._keys(f"{part}:*", shard)]
        turn = self._node(shard).pipeline(transaction=True)
        for key in old:
            turn.unlink(key)
        for key in staged:
            turn.rename(key, key.replace(_STAGE.encode(), b"", 1))
        turn.hset(f"{shard}:meta", "configuration", self._after.text)
        turn.execute()
        return count

    def _node(self, shard: str) -> Redis:
        """Return the client of the one server that has a shard."""
        if isinstance(self._client, RedisCluster):
            # A cluster's own pipelines rename nothing.
            node = self._client.get_node_from_key(shard)  # type: ignore[no-untyped-call]
            return self._client.get_redis_connection(node)
        return self._client

    def _unlink(self, pattern: str) -> None:
        for key in [*self._keys(pattern)]:
            self._client.unlink(key)

    def _keys(self, pattern: str, shard: str = "") -> Iterator[bytes]:
        """Yield the keys of a shard, or of all, of which what follows it is of a pattern."""
        within = shard or f"{{{self._after.namespace}:*}}"
        yield from self._client.scan_iter(match=f"{within}:{pattern}", count=1_000)
