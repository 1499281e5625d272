"""Profiles are counted exactly once and seen the same again, on each store, whatever happens."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from scorers.features.declared import DeclaredTable
from scorers.features.texts import texts_of
from scorers.profiles import (
    ConfigurationMismatchError,
    Identities,
    OrderUnit,
    OutcomeUnit,
    PositionError,
    ProfileConfiguration,
    SessionError,
    Source,
    StoreLostError,
    Unit,
)
from scorers.profiles.library import function
from scorers.profiles.requests import bounds
from scorers.profiles.rotating import Rotation
from scorers.profiles.visiting import VisitExchange
from scorers.profiles.wire import Client
from tests.contract.profiles import (
    SECRET,
    Disturbances,
    Partition,
    assert_same_bits,
    assert_same_profiles,
    assert_seen,
    connected,
    content_of,
    keys_of,
    opened,
    stored,
)
from tests.factories import make_manifest, make_party
from tests.unit.scorers.profiles.logs import START, Log, make_log
from tests.unit.scorers.profiles.reference import Reference

STORES = ["redis_server", "embedded_store", "redis_cluster", "valkey_cluster"]
SHARDS = {"redis_server": 1, "embedded_store": 3, "redis_cluster": 6, "valkey_cluster": 6}
ORDERS = Source("parcels.orders", 0)
TRAINING = Source("parcels.training", 0)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Client, ProfileConfiguration]]:
    """An empty store, and a configuration for it."""
    with connected(request.getfixturevalue(request.param).url) as client:
        yield client, ProfileConfiguration(SECRET, shards=SHARDS[request.param])


@pytest.fixture
def client(place: tuple[Client, ProfileConfiguration]) -> Client:
    return place[0]


@pytest.fixture
def configuration(place: tuple[Client, ProfileConfiguration]) -> ProfileConfiguration:
    return place[1]


@pytest.fixture
def log() -> Log:
    return make_log(600, seed=1)


def test_visit_by_two_workers_with_replays_and_zombies_counts_each_parcel_once(
    client: Client, configuration: ProfileConfiguration
) -> None:
    partitions = [Partition(make_log(5_000, seed=2, partition=number)) for number in range(4)]
    workers = Disturbances(client, configuration, partitions, random.Random(3), most=400)
    workers.run()
    assert workers.replays > 20
    assert_same_profiles(stored(client, configuration), dict(workers.reference.living()))


def test_visit_over_several_periods_forgets_what_was_not_seen_for_two(
    client: Client, configuration: ProfileConfiguration
) -> None:
    short = replace(configuration, days=10)
    partitions = [Partition(make_log(1_500, seed=4, partition=n, days=70)) for n in range(2)]
    workers = Disturbances(client, short, partitions, random.Random(5), most=60)
    workers.run()
    expected = dict(workers.reference.living())
    assert len(expected) < len(workers.reference.profiles)
    assert_same_profiles(stored(client, short), expected)


def test_visit_in_units_of_any_size_sees_the_same_values_within_rounding(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, reference = opened(client, configuration), Reference(configuration.period)
    store.resume(log.source, 0, begin=True)
    start = 0
    for count in (1, 2, 30, 1, 400, 1_000):
        next_ = log.after(start, count)
        (seen,) = store.visit([log.unit(start, next_)])
        assert_seen(seen, reference.visit(log.events(start, next_)))
        start = next_


def test_visit_of_several_partitions_at_once_applies_them_in_order(
    client: Client, configuration: ProfileConfiguration
) -> None:
    store, reference = opened(client, configuration), Reference(configuration.period)
    logs = [make_log(300, seed=6, partition=number) for number in range(3)]
    for each in logs:
        store.resume(each.source, 0, begin=True)
    flight = store.send([each.unit(0, each.end) for each in logs])
    for each, seen in zip(logs, flight.receive().seen, strict=True):
        assert_seen(seen, reference.visit(each.events(0, each.end)))


def test_visit_without_parcels_moves_on(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store = opened(client, configuration)
    store.resume(log.source, 0, begin=True)
    gap = log.end + 5
    store.visit([log.unit(0, log.end)])
    (seen,) = store.visit([log.unit(log.end, gap)])
    assert seen.total.shape == (6, 0)
    assert store.resume(log.source, gap).next is None


def test_resume_after_a_crash_tells_where_the_unit_must_end(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    crashed, heir = opened(client, configuration), opened(client, configuration)
    next_ = log.after(0, 100)
    crashed.resume(log.source, 0, begin=True)
    (seen,) = crashed.visit([log.unit(0, next_)])
    assert heir.resume(log.source, 0).next == next_
    with pytest.raises(PositionError, match=rf"expected the unit to end at {next_} as before"):
        heir.visit([log.unit(0, log.end)])
    heir.resume(log.source, 0)
    assert_same_bits(heir.visit([log.unit(0, next_)])[0], seen)


def test_resume_when_some_shards_had_not_applied_a_unit_completes_it(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    crashed, cut = opened(client, configuration, "crashed"), log.after(0, 200)
    crashed.resume(log.source, 0, begin=True)
    _send_to_first_shard(client, configuration, log.unit(0, cut))
    heir, reference = opened(client, configuration), Reference(configuration.period)
    assert heir.resume(log.source, 0).next == cut
    assert_seen(heir.visit([log.unit(0, cut)])[0], reference.visit(log.events(0, cut)))
    assert_same_profiles(stored(client, configuration), dict(reference.living()))


def _send_to_first_shard(client: Client, configuration: ProfileConfiguration, unit: Unit) -> None:
    """Do what is left of a visit whose worker dies while it sends."""
    arguments = next(VisitExchange(unit, configuration).arguments())
    head = [str(unit.source), "crashed", bounds(unit.start, unit.next, None, True)]
    key = configuration.shard_keys[0]
    client.execute_command("FCALL", function("visit"), 1, key, *head, *map(bytes, arguments))


def test_visit_by_a_worker_that_lost_its_partition_is_refused_and_changes_nothing(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    zombie, heir = opened(client, configuration), opened(client, configuration)
    zombie.resume(log.source, 0, begin=True)
    heir.resume(log.source, 0)
    with pytest.raises(SessionError, match=r"manifests:0: another worker has claimed it$"):
        zombie.visit([log.unit(0, log.end)])
    assert stored(client, configuration) == {}


def test_visit_after_a_failed_call_must_be_resumed(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store = opened(client, configuration)
    with pytest.raises(PositionError, match=r"expected it to be resumed first$"):
        store.visit([log.unit(0, log.end)])


def test_visit_that_leaves_a_gap_is_refused_by_client_and_store(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, cut = opened(client, configuration), log.after(0, 100)
    store.resume(log.source, 0, begin=True)
    with pytest.raises(PositionError, match=rf"expected a unit from 0, got one from {cut}$"):
        store.visit([log.unit(cut, log.end)])
    assert store.resume(log.source, cut).behind == (0,)
    with pytest.raises(PositionError, match=rf"expected a unit from 0, got one from {cut}$"):
        store.visit([log.unit(cut, log.end)])
    assert stored(client, configuration) == {}


def test_apply_what_the_store_has_lost_makes_up_for_it(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, cuts = opened(client, configuration), [log.after(0, count) for count in (100, 200, 300)]
    store.resume(log.source, 0, begin=True)
    store.visit([log.unit(0, cuts[0])])
    assert store.resume(log.source, cuts[2]).behind == (cuts[0],)
    store.apply([log.unit(cuts[0], cuts[1])])
    store.apply([log.unit(cuts[1], cuts[2])])
    (seen,) = store.visit([log.unit(cuts[2], log.end)])
    reference = Reference(configuration.period)
    for start, next_ in zip([0, *cuts[:2]], cuts, strict=True):
        reference.visit(log.events(start, next_))
    assert_seen(seen, reference.visit(log.events(cuts[2], log.end)))
    assert_same_profiles(stored(client, configuration), dict(reference.living()))


def test_resume_before_what_was_committed_is_refused_unless_told_to_skip(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, cut = opened(client, configuration), log.after(0, 100)
    store.resume(log.source, 0, begin=True)
    store.visit([log.unit(0, cut)])
    store.visit([log.unit(cut, log.end)])
    with pytest.raises(PositionError, match=rf"expected to go on from {log.end}, got 0, which"):
        store.resume(log.source, 0)
    assert store.resume(log.source, 0, skip=True).next is None


def test_answers_of_units_that_are_not_committed_are_all_kept(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, cuts = opened(client, configuration), [log.after(0, 100), log.after(0, 200)]
    store.resume(log.source, 0, begin=True)
    (first,) = store.visit([log.unit(0, cuts[0])])
    (second,) = store.visit([log.unit(cuts[0], cuts[1], committed=0)])
    heir = opened(client, configuration)
    assert heir.resume(log.source, 0).next == cuts[0]
    assert_same_bits(heir.visit([log.unit(0, cuts[0])])[0], first)
    assert heir.resume(log.source, cuts[0]).next == cuts[1]
    assert_same_bits(heir.visit([log.unit(cuts[0], cuts[1])])[0], second)


def test_answers_of_units_that_are_committed_are_dropped(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, start = opened(client, configuration), 0
    store.resume(log.source, 0, begin=True)
    for count in (100, 200, 300):
        store.visit([log.unit(start, start := log.after(0, count))])
    assert len(keys_of(client, "*:answer:*")) == configuration.shards


def test_answer_that_a_later_state_left_behind_is_no_part_of_the_next(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, cuts = opened(client, configuration), [log.after(0, 100), log.after(0, 200)]
    store.resume(log.source, 0, begin=True)
    for start, end in pairwise([0, *cuts]):
        store.visit([log.unit(start, end)])
    for key in set(keys_of(client, "*")) - set(keys_of(client, "*:answer:*")):
        client.delete(key)
    store = opened(client, configuration)
    store.resume(log.source, cuts[0], begin=True)
    (seen,) = store.visit([log.unit(*cuts)])
    heir = opened(client, configuration)
    heir.resume(log.source, cuts[0])
    assert_same_bits(heir.visit([log.unit(*cuts)])[0], seen)


def test_visit_of_an_emptied_store_says_so(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, cut = opened(client, configuration), log.after(0, 100)
    store.resume(log.source, 0, begin=True)
    store.visit([log.unit(0, cut)])
    _empty(client, configuration)
    said = r"manifests:0: expected a position in the store, got none: it was emptied"
    with pytest.raises(StoreLostError, match=said):
        store.visit([log.unit(cut, log.end)])
    with pytest.raises(StoreLostError, match=said):
        store.resume(log.source, cut)


@pytest.mark.parametrize("committed", [True, False])
def test_resume_when_one_shard_was_emptied_says_so(
    client: Client, configuration: ProfileConfiguration, log: Log, committed: bool
) -> None:
    store = opened(client, configuration)
    store.resume(log.source, 0, begin=True)
    store.visit([log.unit(0, log.end)])
    _empty(client, replace(configuration, shards=1))
    with pytest.raises(StoreLostError):
        store.resume(log.source, log.end if committed else 0)


def _empty(client: Client, configuration: ProfileConfiguration) -> None:
    """Delete what the shards have; functions stay, as on a cluster that lost a node's data."""
    for shard in configuration.shard_keys:
        for key in keys_of(client, f"{shard}*"):
            client.delete(key)


def test_open_with_another_secret_or_number_of_shards_is_refused(
    client: Client, configuration: ProfileConfiguration
) -> None:
    opened(client, configuration)
    with pytest.raises(ConfigurationMismatchError, match=r"expected a store of .*; got one of "):
        opened(client, replace(configuration, secret=b"another secret"))
    with pytest.raises(ConfigurationMismatchError, match=r"shards 9"):
        opened(client, replace(configuration, shards=9))


def test_rotate_gives_the_profiles_and_answers_of_a_run_under_the_new_secret(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    after = replace(configuration, secret=b"a new secret", former=(SECRET,))
    renewed, middle = _renewed(log, Identities(b"a new secret", [SECRET])), log.end // 2
    with pytest.raises(ConfigurationMismatchError, match=r"got one of none"):
        Rotation(client, after).run()
    _begun(client, configuration, log, middle)
    assert Rotation(client, after).positions() == {log.source: middle, ORDERS: 20}
    for shard in after.shard_keys:  # what a rotation that was cut off leaves
        client.hset(f"{shard}:rotated:p:1:0", "left", "over")

    assert Rotation(client, after).run() >= len(stored(client, after)) + 20
    assert Rotation(client, after).run() == 0
    with pytest.raises(ConfigurationMismatchError):
        opened(client, configuration)

    whole = replace(after, namespace="greenlane:whole")
    _begun(client, whole, renewed, middle)
    seen = []
    for each in (after, whole):
        store = opened(client, each)
        store.resume(log.source, middle)
        seen += store.visit([renewed.unit(middle, log.end)])
    assert_same_bits(*seen)
    assert _contents(client, after) == _contents(client, whole)


def test_rotate_cut_off_between_two_shards_is_finished_by_another_run(
    client: Client, configuration: ProfileConfiguration, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    if configuration.shards == 1:
        return
    after = replace(configuration, secret=b"a new secret", former=(SECRET,))
    _begun(client, configuration, log, log.end)
    expected = len(stored(client, configuration))
    turn, turned = Rotation._turn, []

    def once(rotation: Rotation, shard: str) -> int:
        if turned:
            raise KeyboardInterrupt
        turned.append(shard)
        return turn(rotation, shard)

    with monkeypatch.context() as patched:
        patched.setattr(Rotation, "_turn", once)
        with pytest.raises(KeyboardInterrupt):
            Rotation(client, after).run()
    with pytest.raises(ConfigurationMismatchError):
        opened(client, after)
    assert Rotation(client, after).run() > 0
    assert len(stored(client, after)) == expected


def _renewed(log: Log, identities: Identities) -> Log:
    """Return a log as it is under another secret."""
    parcels = log.parcels
    columns = {name: getattr(parcels, name) for name in ("ids", "names", "orders")}
    return Log(
        log.source,
        replace(parcels, **{name: identities.renewed(x, 0) for name, x in columns.items()}),
    )


def _begun(client: Client, configuration: ProfileConfiguration, log: Log, end: int) -> None:
    """Let a store have the parcels of a log up to a position, and some orders."""
    store = opened(client, configuration)
    store.resume(log.source, 0, begin=True)
    store.resume(ORDERS, 0, begin=True)
    store.put_orders([make_orders(log, slice(0, 20))])
    store.visit([log.unit(0, end)])


def _contents(
    client: Client, configuration: ProfileConfiguration
) -> dict[bytes, dict[bytes, bytes]]:
    """Return all profiles and orders of a store, by what is the same in every namespace."""
    keys = [
        key
        for shard in configuration.shard_keys
        for part in "po"
        for key in keys_of(client, f"{shard}:{part}:*")
    ]
    prefix = len(f"{{{configuration.namespace}")
    return {key[prefix:]: client.hgetall(key) for key in keys}


def test_visit_leaves_nothing_in_the_store_that_tells_who_somebody_is(
    client: Client, configuration: ProfileConfiguration
) -> None:
    person = make_party(id="consignee-4711", name="Erika Mustermann", street="Heidestrasse 17")
    manifests = [make_manifest(consignee=person)]
    numbers, euro = np.zeros(1, dtype=np.int64), np.ones(1)
    parcels = Identities(SECRET).parcels(DeclaredTable(manifests), numbers, numbers, euro, euro > 1)
    store, source = opened(client, configuration), Source("parcels.manifests", 0)
    store.resume(source, 0, begin=True)
    store.visit([Unit(source, 0, 1, parcels)])
    kept = b" ".join(
        b" ".join([key, *content_of(client, key)])
        for shard in configuration.shard_keys
        for key in keys_of(client, f"{shard}*")
    ).lower()
    assert b"parcels.manifests" in kept
    seller, shipper = b"seller-7", b"shipper-7"
    for text in (b"4711", b"erika", b"mustermann", b"heide", b"10115", seller, shipper, b"610910"):
        assert text not in kept


def test_count_outcomes_read_again_from_anywhere_counts_each_once(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, reference = opened(client, configuration), Reference(configuration.period)
    store.resume(log.source, 0, begin=True)
    store.visit([log.unit(0, log.end)])
    reference.visit(log.events(0, log.end))
    assert store.resume_outcomes(TRAINING, 0, begin=True) == 0
    ids = log.parcels.ids
    # The last twenty are other results of the first twenty, of which each third was a violation.
    rows = np.concatenate([np.arange(100), np.arange(20)])
    corrections = np.arange(120) >= 100
    violations = (rows % 3 == 0) ^ corrections
    for start, end in ((0, 50), (20, 90), (0, 60), (90, 91), (0, 110), (80, 120), (100, 120)):
        some = slice(start, end)
        parts = ids[:, rows[some]], violations[some], corrections[some]
        store.count_outcomes(OutcomeUnit(TRAINING, start, end, np.arange(start, end), *parts))
    for row, violation, corrects in zip(rows.tolist(), violations, corrections, strict=True):
        count = reference.correct if corrects else reference.inspect
        count(tuple(ids[:, row].tolist()), bool(violation))
    assert_same_profiles(stored(client, configuration), dict(reference.living()))
    assert opened(client, configuration).resume_outcomes(TRAINING, 7) == 120


def test_count_outcomes_corrected_after_an_entity_was_forgotten_leaves_its_counts_alone(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, reference = opened(client, configuration), Reference(configuration.period)
    store.resume(log.source, 0, begin=True)
    store.visit([log.unit(0, log.end)])
    reference.visit(log.events(0, log.end))
    store.resume_outcomes(TRAINING, 0, begin=True)
    yes = np.ones(2, dtype=np.bool_)
    unit = OutcomeUnit(TRAINING, 0, 2, np.arange(2), log.parcels.ids[:, :2], yes, yes)
    store.count_outcomes(unit)
    store.count_outcomes(replace(unit, start=2, next=4, offsets=np.arange(2, 4), violations=~yes))
    assert_same_profiles(stored(client, configuration), dict(reference.living()))


def test_count_outcomes_after_a_gap_is_refused(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store = opened(client, configuration)
    store.resume_outcomes(TRAINING, 0, begin=True)
    flag = np.array([True])
    unit = OutcomeUnit(TRAINING, 5, 6, np.array([5]), log.parcels.ids[:, :1], flag, ~flag)
    with pytest.raises(PositionError, match=r"training:0: expected a unit from 0, got one from 5"):
        store.count_outcomes(unit)


def make_orders(log: Log, rows: slice, start: int = 0) -> OrderUnit:
    """Return orders of some parcels of a log, by their hashes."""
    ids = log.parcels.orders[rows]
    count = len(ids)
    return OrderUnit(
        source=ORDERS,
        start=start,
        next=start + count,
        offsets=np.arange(start, start + count),
        logged=np.full(count, START),
        ids=ids,
        sellers=log.parcels.ids[2, rows],
        prices=np.arange(count) + 0.5,
        currencies=texts_of(["EUR"] * count),
        titles=texts_of([f"Größe {number} " + "手" * 60 for number in range(count)]),
    )


def test_visit_after_its_orders_learns_price_seller_and_title(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store = opened(client, configuration)
    store.resume(log.source, 0, begin=True)
    store.resume(ORDERS, 0, begin=True)
    assert store.put_orders([make_orders(log, slice(0, 50))]) == [[]]
    (seen,) = store.visit([log.unit(0, log.end)])
    given = log.parcels.orders != 0
    known = given & (np.arange(len(log.parcels)) < 50)
    assert np.array_equal(seen.orders.known, known)
    assert seen.orders.price[known].tolist() == (np.flatnonzero(known) + 0.5).tolist()
    assert np.isnan(seen.orders.price[~known]).all()
    assert np.array_equal(seen.orders.seller[known], log.parcels.ids[2][known])
    assert set(seen.orders.currency[known].tolist()) == {b"EUR"}
    row = int(np.flatnonzero(known)[7])
    assert seen.orders.title(row) == f"Größe {row} " + "手" * (
        (120 - len(f"Größe {row} ") - 2) // 3
    )
    assert seen.orders.title(len(log.parcels) - 1) == ""


def test_send_orders_and_parcels_together_lets_the_parcels_see_them_and_a_replay_too(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, heir = opened(client, configuration), opened(client, configuration)
    unit, orders = log.unit(0, log.end), make_orders(log, slice(0, 50))
    for source in (log.source, ORDERS):
        store.resume(source, 0, begin=True)
    (seen,), early = store.send([unit], [orders]).receive()
    given = (log.parcels.orders != 0) & (np.arange(len(log.parcels)) < 50)
    assert np.array_equal(seen.orders.known, given)
    assert early == [[]]
    assert [heir.resume(source, 0).next for source in (log.source, ORDERS)] == [log.end, 50]
    (again,), early = heir.send([unit], [orders]).receive()
    assert_same_bits(again, seen)
    assert early == [[]]


def test_send_orders_that_another_worker_has_claimed_tells_so_and_both_come_again(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, other = opened(client, configuration), opened(client, configuration)
    unit, orders = log.unit(0, log.end), make_orders(log, slice(0, 50))
    for source in (log.source, ORDERS):
        store.resume(source, 0, begin=True)
    other.resume(ORDERS, 0)
    with pytest.raises(SessionError, match=r"orders:0: another worker has claimed it$"):
        store.send([unit], [orders]).receive()
    assert (store.resume(log.source, 0).next, store.resume(ORDERS, 0).next) == (log.end, None)
    (seen,), (early,) = store.send([unit], [orders]).receive()
    assert not seen.orders.known.any()  # as its parcels were told first
    assert [one.row for one in early] == np.flatnonzero(log.parcels.orders[:50]).tolist()
    reference = Reference(configuration.period)
    assert_seen(seen, reference.visit(log.events(0, log.end)))
    assert_same_profiles(stored(client, configuration), dict(reference.living()))


def test_visit_two_periods_after_its_orders_finds_them_forgotten(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store = opened(client, replace(configuration, order_days=5))
    store.resume(log.source, 0, begin=True)
    store.resume(ORDERS, 0, begin=True)
    store.put_orders([make_orders(log, slice(0, 600))])
    cut = log.after(0, 300)
    (early,) = store.visit([log.unit(0, log.after(0, 30))])
    (late,) = store.visit([log.unit(log.after(0, 30), cut)])
    (later,) = store.visit([log.unit(cut, log.end)])
    assert early.orders.known.any()
    assert not late.orders.known.any()
    assert not later.orders.known.any()


def test_put_orders_after_their_parcels_tells_which_came_first_and_again_on_replay(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store, heir = opened(client, configuration), opened(client, configuration)
    store.resume(log.source, 0, begin=True)
    store.resume(ORDERS, 0, begin=True)
    store.visit([log.unit(0, log.end)])
    orders = make_orders(log, slice(0, 40))
    (early,) = store.put_orders([orders])
    given = np.flatnonzero(log.parcels.orders[:40])
    assert [parcel.row for parcel in early] == given.tolist()
    assert [parcel.item_id.encode() for parcel in early] == log.parcels.items[given].tolist()
    assert heir.resume(ORDERS, 0).next == orders.next
    assert heir.put_orders([orders]) == [early]
    assert heir.put_orders([make_orders(log, slice(0, 40), start=orders.next)]) == [[]]


def test_drop_between_send_and_receive_leaves_no_answer_for_the_next_call(
    client: Client, configuration: ProfileConfiguration, log: Log
) -> None:
    store = opened(client, configuration)
    store.resume(log.source, 0, begin=True)
    with pytest.raises(KeyError), store.send([log.unit(0, log.end)]):
        raise KeyError
    with pytest.raises(PositionError, match="expected it to be resumed first"):
        store.send([log.unit(0, log.end)])
    store.resume(log.source, 0)
    (seen,) = store.visit([log.unit(0, log.end)])
    reference = Reference(configuration.period)
    assert_seen(seen, reference.visit(log.events(0, log.end)))
    assert_same_profiles(stored(client, configuration), dict(reference.living()))


def test_send_while_another_worker_visits_other_partitions_mixes_both(
    client: Client, configuration: ProfileConfiguration
) -> None:
    logs = [make_log(300, seed=7, partition=number) for number in range(2)]
    stores = [opened(client, configuration) for _ in logs]
    for store, log in zip(stores, logs, strict=True):
        store.resume(log.source, 0, begin=True)
    flights = [s.send([each.unit(0, each.end)]) for s, each in zip(stores, logs, strict=True)]
    for flight in flights:
        flight.receive()
    totals = {key: profile.total for key, profile in stored(client, configuration).items()}
    reference = Reference(configuration.period)
    for log in logs:
        reference.visit(log.events(0, log.end))
    assert totals == {key: profile.total for key, profile in reference.living()}
