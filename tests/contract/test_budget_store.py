"""Workers find each other's tallies, on each store; without it they go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scorers.budgets.ledger import PoolTally, Tally
from scorers.budgets.plan import Budget
from streams.budget_store import StoreLedger
from streams.embedded import EmbeddedStore, StoreServer
from streams.settings import StoreSettings
from streams.store import connect
from tests.servers.redis_server import RedisServer
from tests.unit.scorers.budgets.builders import make_parcels, make_policy, run

HOUR = 497_000


@pytest.fixture
def ledger(store: StoreServer) -> Callable[[str], StoreLedger]:
    """Return a function that makes a worker's ledger in an empty store."""
    client = connect(StoreSettings(url=store.url))
    client.flushdb()
    return lambda worker: StoreLedger(client, worker, lambda: 0.0)


def tally(holds: float, office: str = "DE003302") -> Tally:
    """Return a worker's totals."""
    return Tally(HOUR * 3_600.0, "budgets-1", {office: PoolTally(100.0, holds, 0.5)})


def test_exchange_returns_what_the_others_left(ledger: Callable[[str], StoreLedger]) -> None:
    one, two, three = map(ledger, ("one", "two", "three"))
    assert one.exchange({HOUR: tally(1)}) == {HOUR: []}
    assert two.exchange({HOUR: tally(2)}) == {HOUR: [tally(1)]}
    found = three.exchange({HOUR: tally(3)})[HOUR]
    assert sorted(other.pools["DE003302"].holds for other in found) == [1, 2]


def test_exchange_again_replaces_and_does_not_add(ledger: Callable[[str], StoreLedger]) -> None:
    one, two = ledger("one"), ledger("two")
    for holds in (1, 1, 5):
        one.exchange({HOUR: tally(holds)})
    assert two.exchange({HOUR: tally(0)}) == {HOUR: [tally(5)]}


def test_exchange_keeps_hours_apart(ledger: Callable[[str], StoreLedger]) -> None:
    one, two = ledger("one"), ledger("two")
    one.exchange({HOUR: tally(1), HOUR + 1: tally(2, "ü")})
    assert two.exchange({HOUR + 1: tally(0), HOUR: tally(0), HOUR + 2: tally(0)}) == {
        HOUR: [tally(1)],
        HOUR + 1: [tally(2, "ü")],
        HOUR + 2: [],
    }


def test_exchange_of_nothing_returns_nothing(ledger: Callable[[str], StoreLedger]) -> None:
    assert ledger("one").exchange({}) == {}


def test_exchange_brings_what_a_policy_reports(ledger: Callable[[str], StoreLedger]) -> None:
    policy = make_policy(Budget(per_hour=90.0), A=Budget(share=0.1))
    run(policy, make_parcels(500, seconds=900, offices=["A", ""] * 250))
    one, two = ledger("one"), ledger("two")
    one.exchange(policy.report())
    assert two.exchange(dict.fromkeys(policy.report(), tally(0))) == {
        hour: [told] for hour, told in policy.report().items()
    }


def test_exchange_keys_expire(store: StoreServer, ledger: Callable[[str], StoreLedger]) -> None:
    ledger("one").exchange({HOUR: tally(1)})
    client = connect(StoreSettings(url=store.url))
    assert all(0 < client.ttl(key) <= 86_400 for key in client.keys("*"))


def test_exchange_with_a_damaged_field_reads_the_others(
    store: StoreServer, ledger: Callable[[str], StoreLedger]
) -> None:
    ledger("one").exchange({HOUR: tally(1)})
    client = connect(StoreSettings(url=store.url))
    client.hset(f"greenlane:budget:{HOUR}", "broken", b"\xc1")
    assert ledger("two").exchange({HOUR: tally(2)}) == {HOUR: [tally(1)]}


def test_ask_and_answer_ride_in_a_pipeline_of_another(
    store: StoreServer, ledger: Callable[[str], StoreLedger]
) -> None:
    ledger("one").exchange({HOUR: tally(1)})
    two, mine = ledger("two"), {HOUR: tally(2), HOUR + 1: tally(3)}
    pipeline = connect(StoreSettings(url=store.url)).pipeline(transaction=False)
    pipeline.set("other", "command")
    two.ask(pipeline, mine)
    assert two.answer(mine, pipeline.execute()[1:]) == {HOUR: [tally(1)], HOUR + 1: []}


@pytest.mark.parametrize("server", [RedisServer, EmbeddedStore])
def test_exchange_with_a_store_that_went_away_returns_nothing_and_waits_to_ask_again(
    server: type[StoreServer], start_server: Callable[[StoreServer], StoreServer]
) -> None:
    running, time = start_server(server()), [0.0]
    client = connect(StoreSettings(url=running.url, timeout_seconds=0.5), retries=0)
    ledger = StoreLedger(client, "one", lambda: time[0])
    other = StoreLedger(client, "two", lambda: time[0])
    other.exchange({HOUR: tally(2)})
    assert ledger.exchange({HOUR: tally(1)}) == {HOUR: [tally(2)]}
    running.stop()
    assert ledger.exchange({HOUR: tally(1)}) == {}
    time[0] = 1.0
    assert ledger.exchange({HOUR: tally(1)}) == {}
