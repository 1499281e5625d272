"""A profile store that is away, slow, full, locked, a replica or emptied, under a real worker.

Whatever happens, each manifest is decided once, and in the end each parcel is in the profiles once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from redis import Redis

from streams.clock import utc_now
from streams.profiles.commands import rebuilt
from tests.integration.profiles import (
    order_of,
    stored_orders,
)
from tests.integration.stations import (
    FAILURES,
    PART,
    ReplicatedRedis,
    Station,
    kill,
    serving,
)
from tests.servers.distant import DurableRedis
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer


@pytest.fixture(scope="module")
def station(
    apache_kafka: ApacheKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    """A worker that waits for the store, through one failure after the other."""
    yield from serving("wait", DurableRedis(), apache_kafka, tmp_path_factory.mktemp("waiting"))


@pytest.fixture(scope="module")
def degrading(
    apache_kafka: ApacheKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    """A worker that decides without the store, if need be."""
    yield from serving(
        "degrade", DurableRedis(), apache_kafka, tmp_path_factory.mktemp("degrading")
    )


@pytest.fixture
def forgetting(apache_kafka: ApacheKafka, tmp_path: Path) -> Iterator[Callable[[str], Station]]:
    """Return a function that makes a station whose store forgets all when it is killed."""
    with ExitStack() as stack:
        serve = contextmanager(serving)
        yield lambda mode: stack.enter_context(serve(mode, RedisServer(), apache_kafka, tmp_path))


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.parametrize("failure", FAILURES)
def test_store_fails_for_a_while_decides_each_manifest_once_and_counts_each_parcel_once(
    station: Station, failure: str
) -> None:
    fail, reason = FAILURES[failure]
    station.said()
    mend = fail(station)
    station.publish()
    station.until(lambda: not station.up)
    assert len(station.collected()) == station.published - PART
    assert reason in station.said()
    mend()
    assert not any(station.until_decided())
    assert station.up
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.parametrize("failure", ["down", "frozen"])
def test_store_fails_where_decisions_may_be_degraded_decides_at_once_and_catches_up_later(
    degrading: Station, failure: str
) -> None:
    station, (fail, reason) = degrading, FAILURES[failure]
    station.said()
    mend = fail(station)
    assert all(station.decide_part())
    assert not station.up
    assert reason in station.said()
    mend()
    # Decisions stay degraded until what the store may have seen of them is behind.
    station.until(lambda: not any(station.decide_part()))
    assert station.up
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
def test_store_falls_back_to_an_earlier_state_catches_up_before_it_goes_on(
    station: Station,
) -> None:
    client = Redis.from_url(station.redis.url)
    earlier = {key: client.dump(key) for key in client.scan_iter(match="{greenlane:profiles:*")}
    station.decide_part()
    for key, state in earlier.items():
        client.restore(key, 0, state, replace=True)
    station.said()
    assert not any(station.decide_part())
    assert "are behind" in station.said()
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
def test_store_fails_over_to_a_replica_that_is_behind_counts_each_parcel_once(
    apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    redis = ReplicatedRedis()
    with contextmanager(serving)("wait", redis, apache_kafka, tmp_path) as station:
        station.decide_part()
        redis.part()
        for _ in range(3):
            station.decide_part()
        redis.fail_over()
        assert not any(station.decide_part())
        assert "are behind" in station.said()
        station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
def test_orders_that_came_while_decisions_were_degraded_are_stored_later(
    degrading: Station,
) -> None:
    settings = degrading.pipeline.settings
    orders = [order_of(one) for one in degrading.next_part() if b'"order_id"' in one]
    mend = kill(degrading)
    degrading.pipeline.publish(settings.topics.orders, orders[:10])
    assert all(degrading.decide_part())
    mend()
    degrading.until(lambda: not any(degrading.decide_part()))
    assert len(stored_orders(settings)) == 0
    degrading.pipeline.publish(settings.topics.orders, orders[10:])
    degrading.until(lambda: len(stored_orders(settings)) == len(orders))


@pytest.mark.kafka
@pytest.mark.redis
def test_store_comes_back_empty_ends_the_worker_until_profiles_are_rebuilt(
    forgetting: Callable[[str], Station],
) -> None:
    station = forgetting("wait")
    station.redis.kill()
    station.redis.start()
    station.publish()
    station.until(lambda: not station.worker.running)
    assert station.worker.returncode == 1
    assert "it was emptied or replaced; rebuild the profiles" in station.worker.log_tail(1)
    assert len(station.collected()) == station.published - PART
    rebuilt(station.pipeline.settings, utc_now(), replace=False)
    station.worker.start()
    assert not any(station.until_decided())
    station.assert_exact()


@pytest.mark.kafka
@pytest.mark.redis
def test_store_comes_back_empty_where_decisions_may_be_degraded_goes_on_without_profiles(
    forgetting: Callable[[str], Station],
) -> None:
    station = forgetting("degrade")
    station.redis.kill()
    station.redis.start()
    assert all(station.decide_part())
    assert not station.up
    assert "it was emptied or replaced; rebuild the profiles" in station.said()
    station.worker.stop()
    rebuilt(station.pipeline.settings, utc_now(), replace=False)
    station.worker.start()
    assert not any(station.decide_part())
    station.assert_exact()
