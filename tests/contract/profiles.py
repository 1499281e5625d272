"""The profile store under test: servers to run on, disturbed workers, and comparisons."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from redis.cluster import RedisCluster

from scorers.profiles import (
    KINDS,
    ProfileConfiguration,
    ProfileStore,
    Seen,
    SessionError,
    Source,
)
from scorers.profiles.layout import RECORD, TAIL, place_of, places_of, times_of
from scorers.profiles.wire import Client
from streams.settings import StoreSettings
from streams.store import connect
from tests.unit.scorers.profiles.logs import Log
from tests.unit.scorers.profiles.reference import Profile, Reference

SECRET = b"a secret for tests"
_sessions = itertools.count()

SUMS_TOLERANCE = 2e-5
"""Relative: sums are single-precision floats, rounded at each update."""


def connected(url: str) -> Client:
    """Return a client of a single server or of a cluster, whose data are gone."""
    client = connect(StoreSettings(url=url))
    everywhere = {"target_nodes": RedisCluster.PRIMARIES}
    client.flushall(**(everywhere if isinstance(client, RedisCluster) else {}))
    return client


def opened(client: Client, configuration: ProfileConfiguration, session: str = "") -> ProfileStore:
    """Return the store as a worker of its own opens it."""
    store = ProfileStore(client, configuration, session or f"session-{next(_sessions)}")
    store.open()
    return store


def keys_of(client: Client, pattern: str) -> list[bytes]:
    """Return the keys of all nodes."""
    if isinstance(client, RedisCluster):
        return client.keys(pattern, target_nodes=RedisCluster.PRIMARIES)
    return client.keys(pattern)


def content_of(client: Client, key: bytes) -> list[bytes]:
    """Return all that stands at a key."""
    if client.type(key) == b"list":
        return client.lrange(key, 0, -1)
    return list(itertools.chain(*client.hgetall(key).items()))


def stored(client: Client, configuration: ProfileConfiguration) -> dict[tuple[int, int], Profile]:
    """Return all profiles of the store, sums as of their last event."""
    found = {}
    for shard in configuration.shard_keys:
        newest = int(client.hget(f"{shard}:meta", "generation") or 0)
        for kind, generation in itertools.product(range(len(KINDS)), (newest, newest - 1)):
            entries = client.hgetall(f"{shard}:p:{kind + 1}:{generation}")
            for name, value in entries.items():
                key = (kind, int.from_bytes(name, "little"))
                assert key not in found, "an entity is in two generations"
                found[key] = _profile(value, generation, configuration)
    return found


def _profile(value: bytes, generation: int, configuration: ProfileConfiguration) -> Profile:
    record = np.frombuffer(value, RECORD, 1)
    tail = np.frombuffer(bytes(4) + value[RECORD.itemsize :], TAIL, -1) if len(value) > 76 else []
    near, inspected, violations = tail[0].tolist()[1:] if len(tail) else (0, 0, 0)
    first, last = (int(times[0]) for times in times_of(record))
    since = last - generation * configuration.period
    decay = [np.exp(-since / window) for window in (1_440.0, 10_080.0, 43_200.0)]
    factors = np.array(decay * 3 + decay[2:] * 4)
    partition, offset = (int(part[0]) for part in place_of(places_of(record)))
    return Profile(
        total=int(record["total"][0]),
        near=near,
        inspected=inspected,
        violations=violations,
        first=first,
        last=last,
        sketch=int(record["sketch"][0]),
        place=(partition, offset),
        generation=generation,
        sums=(record["sums"][0].astype(np.float64) * factors).tolist(),
    )


EXACT = ("total", "near", "inspected", "violations", "first", "last", "sketch", "place")


def assert_same_profiles(
    found: dict[tuple[int, int], Profile], expected: dict[tuple[int, int], Profile]
) -> None:
    """Compare all profiles, as `different_profiles` does."""
    keys = different_profiles(found, expected)
    some = [(key, found.get(key), expected.get(key)) for key in keys[:3]]
    assert not keys, f"{len(keys)} of {len(expected)} profiles differ, such as {some}"


def different_profiles(
    found: dict[tuple[int, int], Profile], expected: dict[tuple[int, int], Profile]
) -> list[tuple[int, int]]:
    """Return which entities' profiles differ: counts at all, sums beyond the tolerance."""
    both = list(found.keys() & expected.keys())
    theirs = np.array([expected[key].sums for key in both]).reshape(len(both), -1)
    ours = np.array([found[key].sums for key in both]).reshape(len(both), -1)
    near = np.isclose(ours, theirs, rtol=SUMS_TOLERANCE, atol=1e-20).all(axis=1).tolist()
    unlike = [
        key
        for key, same_sums in zip(both, near, strict=True)
        if not same_sums or any(getattr(found[key], n) != getattr(expected[key], n) for n in EXACT)
    ]
    return [*(found.keys() ^ expected.keys()), *unlike]


def assert_seen(seen: Seen, expected: Sequence[Sequence[Profile | None]]) -> None:
    """Compare what the parcels of a unit saw with the reference."""
    profiles = [[row[kind] for row in expected] for kind in range(len(KINDS))]
    known = np.array([[p is not None for p in row] for row in profiles]).reshape(seen.total.shape)
    assert np.array_equal(~np.isnan(seen.total), known)
    cells = [p for row in profiles for p in row if p is not None]
    for name, column in (("inspected", seen.inspected), ("violations", seen.violations)):
        assert column[known].tolist() == [getattr(p, name) for p in cells]
    assert seen.total[known].tolist() == [p.total for p in cells]
    sums = np.concatenate([seen.counts, seen.values, seen.weights])[:, known]
    theirs = np.array([p.sums[:9] for p in cells]).reshape(-1, 9).T
    np.testing.assert_allclose(sums, theirs, rtol=SUMS_TOLERANCE, atol=1e-20)
    visited = np.array([p.total > 0 for p in cells], dtype=bool)
    shares = np.array([p.near / p.total for p in cells if p.total], dtype=np.float32).tolist()
    assert seen.near_share[known][visited].tolist() == shares
    places = np.stack(seen.former)[:, known][:, visited].T.tolist()
    assert places == [list(p.place) for p in cells if p.total]


@dataclass
class Partition:
    """A partition as its consumers know it: the log, and what was committed."""

    log: Log
    committed: int = 0
    began: bool = False


@dataclass
class Disturbances:
    """Two workers that crash, lose answers, come back as zombies and take over from each other.

    Every unit is applied to the reference once, when it is first seen; each replay must see the
    same bits.
    """

    client: Client
    configuration: ProfileConfiguration
    partitions: list[Partition]
    rng: random.Random
    most: int
    reference: Reference = field(init=False)
    replays: int = 0
    compare: bool = True

    def __post_init__(self) -> None:
        self.reference = Reference(self.configuration.period)
        self._workers = [opened(self.client, self.configuration) for _ in range(2)]
        self._owners: dict[Source, int] = {}

    def run(self) -> None:
        """Go on until all is committed."""
        while open_ := [part for part in self.partitions if part.committed < part.log.end]:
            self._batch(self.rng.choice(open_))

    def _batch(self, part: Partition) -> None:
        """Read a batch, and commit it after none, one or several failures."""
        log, start = part.log, part.committed
        next_ = log.after(start, self.rng.randint(1, self.most))
        seen = self._first_try(part, start, next_)
        while self.rng.random() < 0.3:
            again = self._replayed(part, start, next_)
            assert_same_bits(again, seen)
            self.replays += 1
        part.committed = next_

    def _first_try(self, part: Partition, start: int, next_: int) -> Seen:
        worker = self._owner(part, start)
        try:
            (seen,) = self._workers[worker].visit([part.log.unit(start, next_)])
        except SessionError:
            pytest.fail("a worker that has resumed a source is shut out")
        expected = self.reference.visit(part.log.events(start, next_))
        if self.compare:
            assert_seen(seen, expected)
        return seen

    def _owner(self, part: Partition, start: int) -> int:
        """Return the worker that goes on, now and then another one than before."""
        source = part.log.source
        worker = self._owners.get(source)
        if worker is None or self.rng.random() < 0.1:
            worker = self.rng.randrange(2)
            self._resume(worker, part, start, None)
        return worker

    def _replayed(self, part: Partition, start: int, next_: int) -> Seen:
        """Let a worker take over before the commit; the one before it comes back and is refused."""
        former = self._owners[part.log.source]
        worker = self.rng.randrange(2)
        if self.rng.random() < 0.2:
            self._workers[worker] = opened(self.client, self.configuration)
            for source in [s for s, owner in self._owners.items() if owner == worker]:
                del self._owners[source]
        self._resume(worker, part, start, next_)
        if worker != former and part.log.end > next_:
            late = part.log.unit(next_, part.log.after(next_, 2))
            with pytest.raises(SessionError):
                self._workers[former].visit([late])
        (seen,) = self._workers[worker].visit([part.log.unit(start, next_)])
        return seen

    def _resume(self, worker: int, part: Partition, start: int, next_: int | None) -> None:
        begin = not part.began
        part.began = True
        found = self._workers[worker].resume(part.log.source, start, begin=begin)
        assert (found.next, found.behind) == (next_, ())
        self._owners[part.log.source] = worker


def columns(seen: Seen) -> Iterator[tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]]:
    """Yield every column that a unit's parcels saw."""
    names = ("counts", "values", "weights", "total", "near_share", "distinct", "inspected")
    for name in (*names, "violations", "age_hours", "idle_hours"):
        yield name, getattr(seen, name)
    for name in ("log_unit_value", "log_value_per_kg", "former"):
        yield name, np.stack(getattr(seen, name))
    yield "known", seen.orders.known.astype(np.float64)
    yield "price", seen.orders.price


def assert_same_bits(ours: Seen, theirs: Seen) -> None:
    """Compare all columns, bit for bit."""
    for (name, left), (_, right) in zip(columns(ours), columns(theirs), strict=True):
        assert np.array_equal(left, right, equal_nan=True), name
