"""Applying manifests again, whose effect on the profiles the store has lost or never had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from confluent_kafka import Consumer, Message, TopicPartition

from schemas.codec import RecordError, decode_manifest
from schemas.manifest import Manifest
from scorers.assessment.assessor import Assessor
from scorers.features.tables import ManifestTable
from scorers.profiles import Identities, ProfileStore, Source, Unit
from streams.kafka.clients import reading_consumer
from streams.kafka.records import coordinates, logged_at
from streams.profiles.visiting import Reading, parcels_of
from streams.settings import KafkaSettings

_UNIT: Final = 2_000
_WAIT_SECONDS: Final = 1.0
_PATIENCE: Final = 30
"""Empty reads in a row after which the records are taken to be gone."""


class RecordsGoneError(RuntimeError):
    """The log no longer has what is to be applied again."""


class ProfileReplayer:
    """Reads stretches of the manifests topic and applies them without asking what they saw."""

    def __init__(
        self,
        kafka: KafkaSettings,
        store: ProfileStore,
        identities: Identities,
        assessor: Assessor,
    ) -> None:
        self._kafka = kafka
        self._store = store
        self._identities = identities
        self._assessor = assessor

    def catch_up(self, source: Source, cuts: Sequence[int]) -> None:
        """Apply the records between each cut and the next one, which units must not span."""
        for start, end in pairwise(cuts):
            for unit in self._units(source, start, end):
                self._store.apply([unit])

    def _units(self, source: Source, start: int, end: int) -> Iterator[Unit]:
        batch: list[Message] = []
        for message in self._read(source, start, end):
            batch.append(message)
            if len(batch) == _UNIT:
                following = _offset(message) + 1
                yield self._unit(source, batch, start, following)
                batch, start = [], following
        if start < end:
            yield self._unit(source, batch, start, end)

    def _unit(self, source: Source, messages: Sequence[Message], start: int, end: int) -> Unit:
        manifests: list[Manifest] = []
        read: list[Message] = []
        for message in messages:
            try:
                manifests.append(decode_manifest(message.value()))
            except RecordError:
                continue  # it was rejected, and has no part in the profiles
            read.append(message)
        table = ManifestTable(manifests)
        table.assessments = self._assessor.assess(table)
        offsets = np.array([_offset(message) for message in read], dtype=np.int64)
        reading = Reading([source] * len(read), offsets, logged_at(read))
        return Unit(source, start, end, parcels_of(self._identities, table, reading))

    def _read(self, source: Source, start: int, end: int) -> Iterator[Message]:
        """Yield the records of [start, end)."""
        consumer = reading_consumer(self._kafka)
        try:
            consumer.assign([TopicPartition(source.topic, source.partition, start)])
            position, idle = start, 0
            while position < end:
                found = consumer.consume(_UNIT, _WAIT_SECONDS)
                idle = 0 if found else idle + 1
                if idle == _PATIENCE:
                    raise RecordsGoneError(
                        f"{source}: expected records up to {end}, got none from {position}"
                    )
                for message in found:
                    if message.error() is None:
                        position = _offset(message) + 1
                        if position <= end:
                            yield message
                position = max(position, _position(consumer, source))
        finally:
            consumer.close()


def _offset(message: Message) -> int:
    return coordinates(message)[2]


def _position(consumer: Consumer, source: Source) -> int:
    """Return where the consumer stands, past transaction markers; -1 if it has read nothing."""
    (found,) = consumer.position([TopicPartition(source.topic, source.partition)])
    return -1 if found.offset is None else int(found.offset)
