"""What goes wrong with the profile store has a type and one clear line, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise

import numpy as np
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scorers.profiles import (
    KINDS,
    ProfileConfiguration,
    ProfileStore,
    StoreFullError,
    StoreLostError,
    StoreReadOnlyError,
    StoreRefusedError,
    StoreUnreachableError,
)
from streams.embedded import StoreServer
from tests.contract.profiles import (
    SECRET,
    assert_same_bits,
    assert_same_profiles,
    assert_seen,
    connected,
    opened,
    stored,
)
from tests.servers.redis_server import RedisServer
from tests.unit.scorers.profiles.logs import Log, make_log
from tests.unit.scorers.profiles.reference import Reference

CONFIGURATION = ProfileConfiguration(SECRET)
MANY = dict.fromkeys(KINDS, 50_000)
Start = Callable[[RedisServer], RedisServer]

pytestmark = pytest.mark.redis


@pytest.fixture
def log() -> Log:
    return make_log(500, seed=11)


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    """Closes the test's clients."""
    with ExitStack() as stack:
        yield stack


def impatient(server: StoreServer, seconds: float = 0.3) -> Redis:
    """Return a client that tries once, and not for long."""
    return Redis.from_url(server.url, socket_timeout=seconds, retry=Retry(NoBackoff(), 0))


def test_visit_of_a_full_store_is_refused_whole(start_server: Start, closing: ExitStack) -> None:
    server = start_server(RedisServer(maxmemory="6mb"))
    client = closing.enter_context(connected(server.url))
    log = make_log(60_000, seed=12, populations=MANY)
    store, reference = opened(client, CONFIGURATION), Reference(CONFIGURATION.period)
    store.resume(log.source, 0, begin=True)

    def visit_all() -> None:
        for start, next_ in pairwise(range(0, log.end, 2_000)):
            store.visit([log.unit(start, next_)])
            reference.visit(log.events(start, next_))

    with pytest.raises(StoreFullError, match=r"^Profiles: the store is full, raise its maxmemory"):
        visit_all()
    assert reference.profiles
    assert_same_profiles(stored(client, CONFIGURATION), dict(reference.living()))


def test_open_without_the_password_or_with_a_wrong_one_is_refused(
    start_server: Start, closing: ExitStack
) -> None:
    server = start_server(RedisServer(password="right"))
    for login in ("", ":wrong@"):
        client = closing.enter_context(Redis.from_url(f"redis://{login}{server.address}/0"))
        with pytest.raises(StoreRefusedError, match=r"^Profiles: the store refuses us: "):
            opened(client, CONFIGURATION)


def test_visit_of_a_server_that_became_a_replica_is_refused(
    start_server: Start, closing: ExitStack, log: Log
) -> None:
    primary, replica = start_server(RedisServer()), start_server(RedisServer())
    client = closing.enter_context(connected(replica.url))
    store = opened(client, CONFIGURATION)
    store.resume(log.source, 0, begin=True)
    client.replicaof(*primary.address.split(":"))
    with pytest.raises(StoreReadOnlyError, match=r"^Profiles: the store is a replica: "):
        store.visit([log.unit(0, log.end)])


def test_visit_of_a_dead_store_and_of_one_that_came_back_empty_says_so(
    start_server: Start, closing: ExitStack, log: Log
) -> None:
    server = start_server(RedisServer())
    store = opened(closing.enter_context(impatient(server)), CONFIGURATION)
    store.resume(log.source, 0, begin=True)
    server.kill()
    with pytest.raises(StoreUnreachableError, match=r"^Profiles: no answer from the store: "):
        store.visit([log.unit(0, log.end)])
    server.start()
    with pytest.raises(
        StoreLostError, match=r"lacks our functions: it was emptied; open it again$"
    ):
        store.resume(log.source, 0)
    store.open()
    with pytest.raises(StoreLostError, match=r"expected a position in the store, got none"):
        store.resume(log.source, 0)


def test_visit_whose_answer_is_late_is_seen_the_same_after_resuming(
    start_server: Start, closing: ExitStack, log: Log
) -> None:
    server = start_server(RedisServer())
    admin = closing.enter_context(connected(server.url))
    store = opened(closing.enter_context(impatient(server)), CONFIGURATION)
    store.resume(log.source, 0, begin=True)
    admin.client_pause(1_000)
    with pytest.raises(StoreUnreachableError, match=r"[Tt]imeout"):
        store.visit([log.unit(0, log.end)])
    admin.client_unpause()
    _visited_again(admin, store, log)


def test_visit_whose_connection_breaks_before_the_answer_is_read_counts_once(
    start_server: Start, closing: ExitStack
) -> None:
    server = start_server(RedisServer())
    # An answer larger than what sockets hold: the rest of it is lost with the connection.
    log = make_log(30_000, seed=13, populations=MANY)
    admin = closing.enter_context(connected(server.url))
    store = opened(closing.enter_context(impatient(server)), CONFIGURATION)
    store.resume(log.source, 0, begin=True)
    flight = store.send([log.unit(0, log.end)])
    _break_connections(admin)
    with pytest.raises(StoreUnreachableError):
        flight.receive()
    store.resume(log.source, 0)
    (seen,) = store.visit([log.unit(0, log.end)])
    visits = np.count_nonzero(log.parcels.ids)
    assert np.count_nonzero(~np.isnan(seen.total)) == visits
    assert sum(profile.total for profile in stored(admin, CONFIGURATION).values()) == visits


def _break_connections(admin: Redis) -> None:
    """Close all connections but the own one, after what they sent was done."""
    source = f"{make_log(1, seed=0).source}"
    while not admin.hexists(f"{CONFIGURATION.shard_keys[0]}:journal:{source}", "0"):
        pass
    admin.client_kill_filter(_type="normal", skipme=True)


def _visited_again(client: Redis, store: ProfileStore, log: Log) -> None:
    reference = Reference(CONFIGURATION.period)
    expected = reference.visit(log.events(0, log.end))
    store.resume(log.source, 0)
    (seen,) = store.visit([log.unit(0, log.end)])
    assert_seen(seen, expected)
    store.resume(log.source, 0)
    assert_same_bits(store.visit([log.unit(0, log.end)])[0], seen)
    assert_same_profiles(stored(client, CONFIGURATION), dict(reference.living()))
