"""Counting outcomes in the profiles of the inspected parcels' parties, addresses and lanes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from confluent_kafka import Consumer, Message, TopicPartition

from scorers.profiles import (
    ConfigurationMismatchError,
    Identities,
    ProfileError,
    ProfileStore,
    Source,
)
from streams.kafka.records import coordinates
from streams.profiles.applying import outcome_unit
from streams.profiles.stretches import Stretch

log = logging.getLogger(__name__)

_FETCH: Final = 5_000


class OutcomeCounter:
    """Follows the training log by itself: what it has counted stands in the store, not in Kafka."""

    def __init__(
        self, consumer: Consumer, topic: str, store: ProfileStore, identities: Identities
    ) -> None:
        self._consumer = consumer
        self._store = store
        self._identities = identities
        self._source = Source(topic, 0)
        self._next: int | None = None
        self._is_away = False

    def step(self, wait_seconds: float) -> int:
        """Count what is at hand; return how many records were read. A store that is away waits.

        Raises `ConfigurationMismatchError` if the store was filled with other settings.
        """
        try:
            start = self._resumed() if self._next is None else self._next
            done = self._count(start, self._consumer.consume(_FETCH, wait_seconds))
        except ConfigurationMismatchError:
            raise
        except ProfileError as error:
            self._bear(error)
            return 0
        self._is_away = False
        return done

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _bear(self, error: ProfileError) -> None:
        if not self._is_away:
            log.warning("outcomes are not counted in profiles for now: %s", error)
        self._is_away = True
        self._next = None

    def _resumed(self) -> int:
        self._store.open()
        position = self._store.resume_outcomes(self._source, 0, begin=True)
        self._consumer.assign([TopicPartition(self._source.topic, 0, position)])
        self._next = position
        return position

    def _count(self, start: int, messages: Sequence[Message]) -> int:
        read = [message for message in messages if message.error() is None]
        if not read:
            return 0
        end = coordinates(read[-1])[2] + 1
        stretch = Stretch(self._source, start, end, read)
        self._store.count_outcomes(outcome_unit(stretch, self._identities))
        self._next = end
        return len(read)
