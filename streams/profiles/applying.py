"""What stretches of the logs add to the profiles, applied without asking what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct

from schemas.codec import Codec, RecordError, decode_manifest
from schemas.example import SCHEMA_VERSION
from scorers.assessment.assessor import Assessor
from scorers.features.hashing import Hashes
from scorers.features.tables import ManifestTable
from scorers.profiles import KINDS, Identities, OutcomeUnit, ProfileStore, Unit
from streams.kafka.records import coordinates, places_of
from streams.profiles.orders import order_unit, read_orders
from streams.profiles.reading import Reading
from streams.profiles.stretches import Stretch
from streams.profiles.visiting import parcels_of

_BASE = 16
_KEY_DIGITS = 16
"""A key has 64 bits."""


class Applier:
    """Applies manifests, orders and outcomes of stretches that were read for that.

    A stretch that the store has applied before changes nothing. Records that cannot be read have
    no part in the profiles.
    """

    def __init__(self, store: ProfileStore, identities: Identities, assessor: Assessor) -> None:
        self._store = store
        self._identities = identities
        self._assessor = assessor

    def manifests(self, stretch: Stretch) -> int:
        """Apply manifests; return their number."""
        unit = self._unit(stretch)
        self._store.apply([unit])
        return len(unit.parcels)

    def orders(self, stretch: Stretch) -> int:
        """Store orders; return their number. Nobody is told which of them came late."""
        taken, _ = read_orders(stretch.messages, places_of(stretch.messages))
        piece = (stretch.source, stretch.start, stretch.end)
        self._store.put_orders([order_unit(self._identities, piece, taken, np.arange(len(taken)))])
        return len(taken)

    def outcomes(self, stretch: Stretch) -> OutcomeUnit:
        """Return the outcomes of a stretch of the training log, to be counted."""
        return outcome_unit(stretch, self._identities)

    def _unit(self, stretch: Stretch) -> Unit:
        manifests, read = [], []
        for message in stretch.messages:
            try:
                manifests.append(decode_manifest(message.value()))
            except RecordError:
                continue
            read.append(message)
        table = ManifestTable(manifests)
        if manifests:
            table.assessments = self._assessor.assess(table)
        parcels = parcels_of(self._identities, table, Reading.of(read))
        return Unit(stretch.source, stretch.start, stretch.end, parcels)


class _Outcome(NamedTuple):
    offset: int
    entities: Sequence[int]
    violation: bool
    corrects: bool
    rotations: int


def outcome_unit(stretch: Stretch, identities: Identities) -> OutcomeUnit:
    """Return the outcomes of a stretch of the training log whose parcels' entities are known."""
    known = []
    for message in stretch.messages:
        try:
            example = _decode(message.value())
        except RecordError:
            continue
        entities = _entities(example)
        if entities is not None:
            corrects = example.corrects is not None
            rotations = example.features.key_rotations
            offset = coordinates(message)[2]
            known.append(_Outcome(offset, entities, example.label, corrects, rotations))
    return OutcomeUnit(
        stretch.source,
        stretch.start,
        stretch.end,
        np.array([one.offset for one in known], dtype=np.int64),
        _keys_of(known, identities),
        np.array([one.violation for one in known], dtype=np.bool_),
        np.array([one.corrects for one in known], dtype=np.bool_),
    )


def _keys_of(known: Sequence[_Outcome], identities: Identities) -> Hashes:
    """Return today's keys of the entities, by kind: some decisions are of before a rotation."""
    keys = np.array([one.entities for one in known], dtype=np.uint64).reshape(-1, len(KINDS)).T
    rotations = np.array([one.rotations for one in known], dtype=np.int64)
    for under in set(rotations.tolist()) - {identities.rotations}:
        rows = np.flatnonzero(rotations == under)
        keys[:, rows] = identities.renewed(keys[:, rows], under)
    return keys


class _Features(Struct, gc=False):
    entities: Any = None
    key_rotations: int = 0


class _Inspected(Struct, gc=False):
    """A labelled example as far as profiles count it: the other features are not made objects."""

    schema_version: int
    label: bool
    features: _Features
    corrects: bool | None = None
    weight: float = 1.0


_decode = Codec(_Inspected, SCHEMA_VERSION).decode


def _entities(example: _Inspected) -> Sequence[int] | None:
    """Return the keys of an example's entities; None if there is nothing to count.

    Those held without profiles have none, and what is in quarantine is not counted.
    """
    if example.weight == 0:
        return None
    found = example.features.entities
    if not isinstance(found, list) or len(found) != len(KINDS):
        return None
    try:
        return [_key(text) for text in found]
    except ValueError:
        return None


def _key(text: object) -> int:
    """Return the number of a key; raise `ValueError` if it is none.

    >>> _key("ff"), _key("0")
    (255, 0)
    """
    if not isinstance(text, str) or len(text) > _KEY_DIGITS:
        raise ValueError("expected a key of up to 16 hexadecimal digits")
    return int(text, _BASE)
