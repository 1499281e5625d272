"""Publishing records to a topic, keyed so that a consignee's parcels keep their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.codec import encode
from schemas.errors import UserError
from streams.kafka.clients import plain_producer
from streams.kafka.producing import Output, send
from streams.kafka.reaching import require_broker
from streams.settings import load_settings
from streams.sources.adapters import adapter_named
from streams.sources.files import read_values, require_file


class PublishError(UserError, RuntimeError):
    """A broker refused records. One line: how many, and why the first."""


class _Consignee(msgspec.Struct):
    id: str


class _ManifestKey(msgspec.Struct):
    consignee: _Consignee


class _OrderKey(msgspec.Struct):
    platform_id: str
    order_id: str


class _ItemKey(msgspec.Struct):
    item_id: str


_item_key = msgspec.json.Decoder(_ItemKey).decode
_manifest_key = msgspec.json.Decoder(_ManifestKey).decode
_order_key = msgspec.json.Decoder(_OrderKey).decode


def manifest_key(value: bytes) -> str | None:
    """Return the key of a manifest, its consignee; None for one that cannot be read.

    >>> manifest_key(b'{"consignee": {"id": "c-1"}}'), manifest_key(b"{")
    ('c-1', None)
    """
    try:
        return _manifest_key(value).consignee.id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def order_key(value: bytes) -> str | None:
    """Return the key of an order, platform and order id; None for one that cannot be read."""
    try:
        order = _order_key(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return f"{order.platform_id}:{order.order_id}"


def item_key(value: bytes) -> str | None:
    """Return the key of an outcome, its item id; None for one that cannot be read."""
    try:
        return _item_key(value).item_id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def key_of(topic: str, value: bytes) -> str | None:
    """Return the key of a value on the topic that the settings call `topic`."""
    return _KEYS[topic](value)


def values_of(path: Path, adapter: str | None) -> Iterator[bytes]:
    """Yield the records of a file, mapped by an adapter if one is named."""
    if adapter is None:
        return read_values(path)
    return (encode(record.manifest) for record in adapter_named(adapter).read(path))


class Publisher:
    """Sends records and finds out what became of them."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._refused: list[KafkaError] = []

    def publish(self, outputs: Iterable[Output]) -> int:
        """Send all and wait until they are stored; return their number.

        Raises `PublishError` if the broker refused any.
        """
        sent = 0
        for output in outputs:
            sent += 1
            try:
                send(self._producer, output, self._delivered)
            except KafkaException as error:
                self._refused.append(error.args[0])
            self._producer.poll(0)
        self._producer.flush()
        if self._refused:
            first = self._refused[0].str()
            raise PublishError(f"{len(self._refused)} of {sent} records were refused: {first}")
        return sent

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._refused.append(error)


def publish_file(path: Path, topic: str, adapter: str | None) -> tuple[int, str]:
    """Publish a file to the topic that the settings call `topic`; return count and topic name."""
    settings = load_settings()
    name: str = getattr(settings.topics, topic)
    require_file(path)
    values = values_of(path, adapter)
    require_broker(settings.kafka)
    publisher = Publisher(plain_producer(settings.kafka))
    return publisher.publish(Output(name, key_of(topic, value), value) for value in values), name


_KEYS: Final[dict[str, Callable[[bytes], str | None]]] = {
    "manifests": manifest_key,
    "orders": order_key,
    "outcomes": item_key,
    "clearance": item_key,
}
