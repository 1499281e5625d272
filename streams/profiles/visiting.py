"""What a batch tells the store and what it hears: orders and manifests in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import NamedTuple

import numpy as np

from scorers.features.batch import Integers
from scorers.features.tables import ManifestTable
from scorers.histories import Histories, Part
from scorers.profiles import Identities, Parcels, ProfileStore, Seen, Source, Unit
from scorers.profiles.calls import InFlight
from streams.kafka.batch import Span
from streams.profiles.cutting import CatchUp, Piece, UnitCutter
from streams.profiles.ordering import LateOrder
from streams.profiles.orders import TakenOrders, order_unit
from streams.profiles.reading import Reading

_NEAR_LIMIT = "signals.value_near_threshold"


@dataclass(frozen=True, eq=False)
class Told:
    """What the store is told of a batch: its manifests' parcels, where they were read, orders."""

    parcels: Parcels
    reading: Reading
    orders: TakenOrders


class Heard(NamedTuple):
    """What a batch's manifests saw, and which of its orders came after their parcels."""

    histories: Histories
    late: Sequence[LateOrder]


class ProfileVisitor:
    """Visits the store with each batch. Orders are stored before parcels ask for them."""

    def __init__(
        self, store: ProfileStore, identities: Identities, orders: str, catch_up: CatchUp
    ) -> None:
        """`orders` is the topic of orders; all other sources are of manifests."""
        self._store = store
        self._identities = identities
        self._orders = orders
        self._cutter = UnitCutter(store, catch_up)

    def note(self, spans: Mapping[Source, Span]) -> None:
        """Note which partitions begin with a batch; to be called before it is tried."""
        self._cutter.note(spans)

    def told(self, table: ManifestTable, reading: Reading, orders: TakenOrders) -> Told:
        """Return what the store is told of a batch."""
        return Told(parcels_of(self._identities, table, reading), reading, orders)

    def send(self, told: Told, spans: Mapping[Source, Span]) -> InFlight[Heard]:
        """Tell the store of a batch, which is then part of the profiles.

        What was sent before must have been received or dropped. Raises `IncompleteBatchError` if
        records must be handled together with later ones, and `ProfileError` if the store fails,
        here or when receiving.
        """

        def send(pieces: list[Piece]) -> InFlight[Heard]:
            return self._sent(told, pieces, spans)

        # A store that is behind gets the orders that it lacks before the manifests.
        first = sorted(spans.items(), key=lambda one: one[0].topic != self._orders)
        return self._cutter.send(dict(first), send)

    def _sent(
        self, told: Told, pieces: Sequence[Piece], spans: Mapping[Source, Span]
    ) -> InFlight[Heard]:
        of_orders = [piece for piece in pieces if piece[0].topic == self._orders]
        others = [piece for piece in pieces if piece[0].topic != self._orders]
        ordered = list(map(told.orders.reading.rows, of_orders))
        rows = list(map(told.reading.rows, others))
        orders = [
            order_unit(self._identities, piece, told.orders, at, spans[piece[0]].committed)
            for piece, at in zip(of_orders, ordered, strict=True)
        ]
        units = [
            Unit(source, start, end, _some(told.parcels, at), spans[source].committed)
            for (source, start, end), at in zip(others, rows, strict=True)
        ]
        flight = self._store.send(units, orders)

        def receive() -> Heard:
            seen, early = flight.receive()
            late = chain.from_iterable(
                (LateOrder(int(at[one.row]), one) for one in found)
                for at, found in zip(ordered, early, strict=True)
            )
            parts = _parts(seen, rows, units)
            found = Histories(len(told.parcels), parts, self._identities.rotations)
            return Heard(found, list(late))

        return InFlight(receive, flight.drop)


def _parts(answers: Sequence[Seen], rows: Sequence[Integers], units: Sequence[Unit]) -> list[Part]:
    """Return what a batch's manifests saw, by the answers to its units."""
    seen = zip(answers, rows, units, strict=True)
    # A unit of rejected records only has seen nothing.
    return [Part(one, at, unit.parcels.ids) for one, at, unit in seen if len(at)]


def parcels_of(identities: Identities, table: ManifestTable, reading: Reading) -> Parcels:
    """Return what the store is told of a batch's manifests."""
    near = np.asarray(table.column(_NEAR_LIMIT), dtype=np.bool_)
    return identities.parcels(table, reading.offsets, reading.logged, table.euro, near)


def _some(parcels: Parcels, rows: Integers) -> Parcels:
    if len(rows) == len(parcels):
        return parcels
    columns = {field.name: getattr(parcels, field.name)[..., rows] for field in fields(Parcels)}
    return Parcels(**columns)
