"""What a batch's parcels saw, whichever partitions they came from."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.profiles import Identities, ProfileConfiguration, Resumed, Seen, Source, Unit
from scorers.profiles.calls import InFlight
from scorers.profiles.layout import RECORD
from scorers.profiles.orders import ORDER
from scorers.profiles.visiting import VisitExchange
from scorers.specs.parcels import SPEC
from streams.kafka.batch import Span
from streams.profiles.reading import Reading
from streams.profiles.visiting import ProfileVisitor
from tests.factories import make_manifests

CONFIGURATION = ProfileConfiguration(b"a secret for tests")
FIRST, SECOND = Source("parcels.manifests", 0), Source("parcels.manifests", 1)


class EmptyStore:
    """A store that has never seen anybody; it notes what it is told."""

    def __init__(self) -> None:
        self.units: list[Unit] = []

    def resume(self, _source: Source, position: int, **_: bool) -> Resumed:
        return Resumed(position)

    def send(self, units: Sequence[Unit]) -> InFlight[list[Seen]]:
        self.units += units
        return InFlight(lambda: [_seen(unit) for unit in units])


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
    offsets = np.arange(len(sources))
    logged = np.full(len(sources), 1_793_491_200)
    visitor = ProfileVisitor(
        store,  # type: ignore[arg-type]
        Identities(b"a secret for tests"),
        lambda _source, _cuts: None,
    )
    reading = Reading(sources, offsets, logged)
    return visitor.send(visitor.parcels(table, reading), reading, spans).receive()


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
