"""A node of the cluster dies and its replica takes over: each parcel still counts once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import pytest

from scorers.profiles import (
    ProfileConfiguration,
    ProfileStore,
    Seen,
    StoreUnreachableError,
    Unit,
)
from scorers.profiles.wire import Client
from streams.settings import StoreSettings
from streams.store import connect
from tests.conftest import started
from tests.contract.profiles import (
    SECRET,
    assert_same_bits,
    assert_same_profiles,
    assert_seen,
    stored,
)
from tests.servers.store_cluster import RedisNode, StoreCluster
from tests.unit.scorers.profiles.logs import Log, make_log
from tests.unit.scorers.profiles.reference import Reference

TAKEOVER_SECONDS: Final = 30.0
CONFIGURATION: Final = ProfileConfiguration(SECRET, shards=6)


@pytest.fixture
def cluster() -> Iterator[StoreCluster]:
    """Three nodes, the first of which has a replica."""
    cluster = StoreCluster(RedisNode, replicas=1)
    try:
        yield started(cluster)
    finally:
        cluster.stop()


@pytest.mark.redis
def test_failover_to_a_replica_counts_each_parcel_once_and_replays_what_was_seen(
    cluster: StoreCluster,
) -> None:
    log, reference = make_log(600, seed=1), Reference(CONFIGURATION.period)
    cuts = [log.after(0, count) for count in (200, 400)]
    # The first unit is not committed when the second one is sent.
    first, second = log.unit(0, cuts[0]), log.unit(*cuts, committed=0)
    store = opened(connect(StoreSettings(url=cluster.url, timeout_seconds=0.5), retries=0))
    store.resume(log.source, 0, begin=True)
    (seen,) = store.visit([first])
    assert_seen(seen, reference.visit(log.events(0, cuts[0])))
    cluster.replicate(0)  # what a replica has not heard of is another test's
    cluster.kill(0)
    with pytest.raises(StoreUnreachableError, match="no answer from the store"):
        store.visit([second])
    until_open(store)
    assert_same_bits(resumed(store, log, first), seen)
    for unit in (second, log.unit(cuts[1], log.end)):
        expected = reference.visit(log.events(unit.start, unit.next))
        assert_seen(resumed(store, log, unit), expected)
    found = stored(connect(StoreSettings(url=cluster.url)), CONFIGURATION)
    assert_same_profiles(found, dict(reference.living()))


def opened(client: Client) -> ProfileStore:
    """Return the store as a worker opens it."""
    store = ProfileStore(client, CONFIGURATION, "worker")
    store.open()
    return store


def until_open(store: ProfileStore) -> None:
    """Open the store again, as soon as another node has taken over."""
    deadline = time.monotonic() + TAKEOVER_SECONDS
    while True:
        try:
            return store.open()
        except StoreUnreachableError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def resumed(store: ProfileStore, log: Log, unit: Unit) -> Seen:
    """Return what a unit sees, once the replica has what it had not heard of."""
    found = store.resume(unit.source, unit.start)
    for cut in pairwise([*found.behind, unit.start] if found.behind else []):
        store.apply([log.unit(*cut)])
    (seen,) = store.visit([unit])
    return seen
