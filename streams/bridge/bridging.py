"""From topics in the registry's formats to ours and back, exactly once, as a process of its own.

Workers read plain JSON, and so do replays and rebuilds: what comes in another format is translated
before, once, and its translation is the manifest that decisions refer to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from confluent_kafka import Message
from confluent_kafka.schema_registry import SchemaRegistryClient

from schemas.channels import CHANNELS
from schemas.codec import RecordError
from streams.bridge.opening import open_client
from streams.bridge.reading import FrameReader
from streams.bridge.writing import Form, frame_writer
from streams.kafka.batch import Batch
from streams.kafka.clients import transactional_consumer
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.handling import AtOnce
from streams.kafka.producing import Output
from streams.kafka.reaching import require_broker
from streams.kafka.transactions import open_transactions
from streams.publishing import key_of
from streams.rejects import reject
from streams.settings import Settings, TopicSettings
from streams.stopping import StopSignal

_WAIT_SECONDS: Final = 0.2

Translation = Callable[[Message], Output]


def inward(reader: FrameReader, topics: TopicSettings, record: str) -> Translation:
    """Return what turns records of others into ours of the topic called `record`."""
    name: str = getattr(topics, record)

    def translated(message: Message) -> Output:
        try:
            value = reader.plain(message.value(), message.topic() or "")
        except RecordError as error:
            return reject(message, error, topics)
        return Output(name, key_of(record, value), value)

    return translated


def outward(client: SchemaRegistryClient, record: str, target: str, form: Form) -> Translation:
    """Return what puts our records into the frame of their schema, for the topic `target`."""
    written = frame_writer(client, record_on(record), f"{target}-value", form)

    def translated(message: Message) -> Output:
        return Output(target, message.key(), written(message.value() or b""))

    return translated


def record_on(setting: str) -> str:
    """Return the name of the record that is on the topic of a setting.

    >>> record_on("hold")
    'decision'
    """
    (name,) = [one.record for one in CHANNELS if one.setting == setting and one.record]
    return name


def run_inward(settings: Settings, source: str, record: str, stop: StopSignal) -> None:
    """Translate the topic `source` into ours until `stop`."""
    reader = FrameReader(open_client(settings.bridge), record_on(record))
    _run(settings, source, inward(reader, settings.topics, record), stop)


def run_outward(settings: Settings, record: str, target: str, form: Form, stop: StopSignal) -> None:
    """Translate our topic called `record` for the topic `target` until `stop`."""
    translated = outward(open_client(settings.bridge), record, target, form)
    _run(settings, getattr(settings.topics, record), translated, stop)


def _run(settings: Settings, source: str, translated: Translation, stop: StopSignal) -> None:
    require_broker(settings.kafka)
    # A group and a transactional id of its own for each topic that is read.
    group = f"{settings.bridge.group}-{source}"
    loop = ExactlyOnceLoop(
        transactional_consumer(settings.kafka, group),
        open_transactions(settings.kafka, f"{group}-{settings.worker.instance}"),
        [source],
        AtOnce(lambda batch: _all(batch, translated)),
    )
    try:
        while not stop.is_set():
            loop.step(settings.worker.batch_size, _WAIT_SECONDS)
    finally:
        loop.close()


def _all(batch: Batch, translated: Translation) -> list[Output]:
    return [translated(message) for message in batch.messages]
