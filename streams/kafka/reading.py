"""Reading whole topics as an outsider: every partition, committed records only, no group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Message, TopicPartition

from streams.kafka.asking import answered
from streams.kafka.clients import reading_consumer
from streams.settings import KafkaSettings

_METADATA_SECONDS: Final = 10.0
_MILLISECONDS: Final = 1000


class TopicReader:
    """Reads topics from their beginning, from now on, from a moment on, or some partitions from
    an offset on."""

    def __init__(
        self,
        kafka: KafkaSettings,
        topics: Sequence[str],
        from_beginning: bool = True,
        since: datetime | None = None,
        at: Mapping[int, int] | None = None,
    ) -> None:
        self._consumer = reading_consumer(kafka)
        start = OFFSET_BEGINNING if from_beginning else OFFSET_END
        starts = [
            TopicPartition(topic, partition, start if at is None else at[partition])
            for topic in topics
            for partition in self._partitions(topic)
            if at is None or partition in at
        ]
        self._consumer.assign(starts if since is None else self._at_moment(starts, since))

    def read(self, most: int, wait_seconds: float) -> list[Message]:
        """Return up to `most` records, waiting at most `wait_seconds` for the first."""
        batch = self._consumer.consume(1, wait_seconds)
        if batch and most > 1:
            batch += self._consumer.consume(most - 1, 0)
        return [message for message in batch if message.error() is None]

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()

    def _at_moment(self, starts: list[TopicPartition], since: datetime) -> list[TopicPartition]:
        """Return where the records that are not older than a moment begin."""
        moment = int(since.timestamp() * _MILLISECONDS)
        asked = [TopicPartition(one.topic, one.partition, moment) for one in starts]
        ask = partial(self._consumer.offsets_for_times, asked, _METADATA_SECONDS)
        return answered(ask, _METADATA_SECONDS)

    def _partitions(self, topic: str) -> list[int]:
        metadata = self._consumer.list_topics(topic, _METADATA_SECONDS)
        return sorted(metadata.topics[topic].partitions)
