"""Reading whole topics as an outsider: every partition, committed records only, no group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Message, TopicPartition

from streams.kafka.clients import reading_consumer
from streams.settings import KafkaSettings

_METADATA_SECONDS: Final = 10.0


class TopicReader:
    """Reads topics from their beginning, or from now on."""

    def __init__(
        self, kafka: KafkaSettings, topics: Sequence[str], from_beginning: bool = True
    ) -> None:
        self._consumer = reading_consumer(kafka)
        start = OFFSET_BEGINNING if from_beginning else OFFSET_END
        self._consumer.assign(
            [
                TopicPartition(topic, partition, start)
                for topic in topics
                for partition in self._partitions(topic)
            ]
        )

    def read(self, most: int, wait_seconds: float) -> list[Message]:
        """Return up to `most` records, waiting at most `wait_seconds` for the first."""
        batch = self._consumer.consume(1, wait_seconds)
        if batch and most > 1:
            batch += self._consumer.consume(most - 1, 0)
        return [message for message in batch if message.error() is None]

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()

    def _partitions(self, topic: str) -> list[int]:
        metadata = self._consumer.list_topics(topic, _METADATA_SECONDS)
        return sorted(metadata.topics[topic].partitions)
