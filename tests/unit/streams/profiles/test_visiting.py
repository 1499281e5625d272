"""What a batch's parcels saw, whichever partitions they came from."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np

from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.profiles import (
    EarlyParcel,
    Identities,
    InFlight,
    OrderUnit,
    ProfileConfiguration,
    Resumed,
    Seen,
    Source,
    Unit,
)
from scorers.profiles.layout import RECORD
from scorers.profiles.orders import ORDER
from scorers.profiles.positions import lost
from scorers.profiles.store import Answers
from scorers.profiles.visiting import VisitExchange
from scorers.specs.parcels import SPEC
from streams.kafka.batch import Span
from streams.kafka.records import places_of
from streams.profiles.ordering import LateOrder
from streams.profiles.orders import read_orders
from streams.profiles.reading import Reading
from streams.profiles.visiting import Heard, ProfileVisitor
from tests.factories import make_manifests
from tests.unit.streams.profiles.fakes import make_message, make_order

IDENTITIES = Identities(b"a secret for tests")
CONFIGURATION = ProfileConfiguration(b"a secret for tests")
EARLY = "RR473124829CN"
ORDERS = Source("parcels.orders", 0)
FIRST, SECOND = Source("parcels.manifests", 0), Source("parcels.manifests", 1)


class EmptyStore:
    """A store that has never seen anybody, but whose orders are all late; it notes all."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.orders: list[OrderUnit] = []
        self.dropped = 0

    def resume(self, _source: Source, position: int, **_: bool) -> Resumed:
        return Resumed(position)

    def send(self, units: Sequence[Unit], orders: Sequence[OrderUnit]) -> InFlight[Answers]:
        self.units += units
        self.orders += orders
        early = [[EarlyParcel(row, EARLY) for row in range(len(one.ids))] for one in orders]
        return InFlight(lambda: Answers([_seen(unit) for unit in units], early), self._drop)

    def _drop(self) -> None:
        self.dropped += 1


def _seen(unit: Unit) -> Seen:
    exchange = VisitExchange(unit, CONFIGURATION)
    (arguments,) = exchange.arguments()
    entities = sum(len(ids) // 8 for ids in arguments[3::3])
    orders = len(arguments[1]) // 8
    records = bytes(entities * RECORD.itemsize)
    answer = struct.pack("<dd", unit.next, 0) + records + bytes(4) + bytes(orders * ORDER.itemsize)
    return exchange.seen([answer])


def visited(
    store: EmptyStore,
    sources: Sequence[Source],
    spans: dict[Source, Span],
) -> Histories:
    """Visit with a parcel for each of `sources`, at offsets from 0 on."""
    table = ManifestTable(make_manifests(len(sources), seed=2))
    logged = np.full(len(sources), 1_793_491_200)
    reading = Reading.at([(*one, at) for at, one in enumerate(sources)], logged)
    return visit(store, table, reading, {}, spans).histories


def visit(
    store: EmptyStore,
    table: ManifestTable,
    reading: Reading,
    orders: Mapping[int, bytes],
    spans: dict[Source, Span],
) -> Heard:
    """Visit with manifests, and with orders by their offsets."""
    return sent(store, table, reading, orders, spans).receive()


def sent(
    store: EmptyStore,
    table: ManifestTable,
    reading: Reading,
    orders: Mapping[int, bytes],
    spans: dict[Source, Span],
    identities: Identities = IDENTITIES,
) -> InFlight[Heard]:
    """Send what `visit` receives."""
    visitor = ProfileVisitor(
        store,  # type: ignore[arg-type]
        identities,
        ORDERS.topic,
        lambda _source, _cuts: None,
    )
    messages = [make_message(value, at, topic=ORDERS.topic) for at, value in orders.items()]
    taken, _ = read_orders(messages, places_of(messages))
    return visitor.send(visitor.told(table, reading, taken), spans)


def test_visit_batch_of_two_partitions_tells_each_of_its_own() -> None:
    store = EmptyStore()
    sources = [FIRST, SECOND, FIRST]
    histories = visited(store, sources, {FIRST: Span(0, 3), SECOND: Span(0, 2)})
    assert [unit.parcels.offsets.tolist() for unit in store.units] == [[0, 2], [1]]
    assert histories.quantity("consignee", "total").tolist() == [0, 0, 0]


def test_visit_batch_with_nothing_but_rejects_of_a_partition_sees_the_other_one() -> None:
    store = EmptyStore()
    histories = visited(store, [FIRST, FIRST], {FIRST: Span(0, 2), SECOND: Span(7, 8)})
    assert [len(unit.parcels) for unit in store.units] == [2, 0]
    assert histories.quantity("shipper", "count_7d").tolist() == [0, 0]
    assert histories.quantity("lane", "usual_unit_value").shape == (2,)


def test_visit_with_features_foreseen_changes_none_of_them() -> None:
    extractor = Extractor(SPEC, bits=12)
    sources, spans = [FIRST] * 3, {FIRST: Span(0, 3)}
    late = ManifestTable(make_manifests(3, seed=2))
    late.histories = visited(EmptyStore(), sources, spans)
    early = ManifestTable(make_manifests(3, seed=2))
    early.histories = visited(EmptyStore(), sources, spans)
    extractor.foresee(early)
    found, expected = extractor.extract(early), extractor.extract(late)
    assert np.array_equal(found.prior, expected.prior)
    for ours, theirs in zip(found.blocks, expected.blocks, strict=True):
        assert np.array_equal(ours.slots, theirs.slots)


def test_visit_batch_of_orders_only_stores_them_and_tells_whose_parcels_came_first() -> None:
    store, nothing = EmptyStore(), Reading.at([], np.empty(0, np.int64))
    orders = {at: make_order(order_id=f"o-{at}") for at in (5, 7)}
    heard = visit(store, ManifestTable([]), nothing, orders, {ORDERS: Span(5, 9, uncommitted=2)})
    assert [(unit.start, unit.next, unit.committed) for unit in store.orders] == [(5, 9, 2)]
    assert store.orders[0].offsets.tolist() == [5, 7]
    assert heard.late == [LateOrder(row, EarlyParcel(row, EARLY)) for row in range(2)]


def test_visit_batch_of_orders_and_manifests_sends_both_at_once() -> None:
    store, table = EmptyStore(), ManifestTable(make_manifests(1, seed=2))
    reading = Reading.at([(*FIRST, 0)], np.full(1, 1_793_491_200))
    spans = {FIRST: Span(0, 1), ORDERS: Span(3, 4)}
    heard = visit(store, table, reading, {3: make_order()}, spans)
    assert ([len(unit.ids) for unit in store.orders], len(store.units)) == ([1], 1)
    assert heard.histories.quantity("consignee", "total").tolist() == [0]


def test_visit_tells_the_store_up_to_where_each_partition_is_committed() -> None:
    store = EmptyStore()
    visited(store, [FIRST, SECOND], {FIRST: Span(0, 3, uncommitted=0), SECOND: Span(1, 2)})
    assert [(unit.source, unit.committed) for unit in store.units] == [(FIRST, 0), (SECOND, 1)]
    later = EmptyStore()
    visited(later, [FIRST], {FIRST: Span(0, 1, uncommitted=0)})
    visited(later, [FIRST, FIRST], {FIRST: Span(0, 2)})
    assert [unit.committed for unit in later.units] == [0, 0]


def test_visit_with_a_rotated_secret_names_the_key_that_its_histories_are_of() -> None:
    rotated = Identities(b"another secret", [b"a secret for tests"])
    table = ManifestTable(make_manifests(1, seed=2))
    reading = Reading.at([(*FIRST, 0)], np.full(1, 1_793_491_200))
    spans = {FIRST: Span(0, 1)}
    told = [
        sent(EmptyStore(), table, reading, {}, spans, one).receive().histories.identified([0])[0]
        for one in (IDENTITIES, rotated)
    ]
    assert [one.get("key_rotations") for one in told] == [None, 1]


def test_visit_resumes_orders_before_the_manifests_that_ask_for_them() -> None:
    resumed: list[Source] = []

    class Noting(EmptyStore):
        def resume(self, source: Source, position: int, **_: bool) -> Resumed:
            resumed.append(source)
            return Resumed(position)

    table = ManifestTable(make_manifests(1, seed=2))
    reading = Reading.at([(*FIRST, 0)], np.full(1, 1_793_491_200))
    spans = {FIRST: Span(0, 1), ORDERS: Span(3, 4), SECOND: Span(0, 1)}
    visit(Noting(), table, reading, {3: make_order()}, spans)
    assert resumed == [ORDERS, FIRST, SECOND]


def test_visit_that_is_dropped_drops_what_was_sent_to_the_store() -> None:
    store, nothing = EmptyStore(), Reading.at([], np.empty(0, np.int64))
    flight = sent(store, ManifestTable([]), nothing, {0: make_order()}, {ORDERS: Span(0, 1)})
    assert store.dropped == 0
    flight.drop()
    assert store.dropped == 1


def test_visit_of_a_noted_partition_that_the_store_never_heard_of_catches_up() -> None:
    class Forgetful(EmptyStore):
        begun = False

        def resume(self, source: Source, position: int, *, begin: bool = False) -> Resumed:
            if not (begin or self.begun):
                raise lost(source)
            self.begun = True
            return Resumed(position)

    caught: list[tuple[Source, list[int]]] = []
    store = Forgetful()
    visitor = ProfileVisitor(
        store,  # type: ignore[arg-type]
        IDENTITIES,
        ORDERS.topic,
        lambda source, cuts: caught.append((source, list(cuts))),
    )
    visitor.note({FIRST: Span(4, 6, begins=True)})  # handled while the store was away
    nothing, (taken, _) = Reading.at([], np.empty(0, np.int64)), read_orders([], [])
    told = visitor.told(ManifestTable([]), nothing, taken)
    visitor.send(told, {FIRST: Span(6, 9)}).receive()
    assert caught == [(FIRST, [4, 6])]
    assert [(unit.start, unit.next) for unit in store.units] == [(6, 9)]
