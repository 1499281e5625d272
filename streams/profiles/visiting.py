"""What a batch's parcels saw in the profiles: all its units in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from scorers.features.batch import Integers
from scorers.features.tables import ManifestTable
from scorers.histories import Histories, Part
from scorers.profiles import Identities, Parcels, ProfileStore, Seen, Source, Unit
from scorers.profiles.calls import InFlight
from streams.kafka.batch import Span
from streams.profiles.cutting import CatchUp, Piece, UnitCutter
from streams.profiles.reading import Reading

_NEAR_LIMIT = "signals.value_near_threshold"


class ProfileVisitor:
    """Visits the store with each batch."""

    def __init__(self, store: ProfileStore, identities: Identities, catch_up: CatchUp) -> None:
        self._store = store
        self._identities = identities
        self._cutter = UnitCutter(store, catch_up)

    def note(self, spans: Mapping[Source, Span]) -> None:
        """Note which partitions begin with a batch; to be called before it is tried."""
        self._cutter.note(spans)

    def parcels(self, table: ManifestTable, reading: Reading) -> Parcels:
        """Return what the store is told of a batch."""
        return parcels_of(self._identities, table, reading)

    def send(
        self, parcels: Parcels, reading: Reading, spans: Mapping[Source, Span]
    ) -> InFlight[Histories]:
        """Ask what the manifests saw; the batch is then part of the profiles.

        What was asked before must have been received or dropped. Raises `IncompleteBatchError` if
        records must be handled together with later ones, and `ProfileError` if the store fails,
        here or when receiving.
        """

        def send(pieces: list[Piece]) -> InFlight[Histories]:
            rows = [reading.rows(piece) for piece in pieces]
            units = [
                Unit(source, start, end, _some(parcels, at), spans[source].committed)
                for (source, start, end), at in zip(pieces, rows, strict=True)
            ]
            flight = self._store.send(units)
            return InFlight(lambda: _histories(len(parcels), flight, rows, units), flight.drop)

        return self._cutter.send(spans, send)


def _histories(
    count: int, flight: InFlight[list[Seen]], rows: Sequence[Integers], units: Sequence[Unit]
) -> Histories:
    """Return what a batch's manifests saw, by the answers to its units."""
    seen = zip(flight.receive(), rows, units, strict=True)
    # A unit of rejected records only has seen nothing.
    return Histories(count, [Part(one, at, unit.parcels.ids) for one, at, unit in seen if len(at)])


def parcels_of(identities: Identities, table: ManifestTable, reading: Reading) -> Parcels:
    """Return what the store is told of a batch."""
    near = np.asarray(table.column(_NEAR_LIMIT), dtype=np.bool_)
    return identities.parcels(table, reading.offsets, reading.logged, table.euro, near)


def _some(parcels: Parcels, rows: Integers) -> Parcels:
    if len(rows) == len(parcels):
        return parcels
    columns = {field.name: getattr(parcels, field.name)[..., rows] for field in fields(Parcels)}
    return Parcels(**columns)
