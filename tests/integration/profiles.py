"""Profiles of a pipeline: what the store has, and what the manifests topic says it must have."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np
from confluent_kafka import Message

from schemas.codec import RecordError, decode_manifest, encode
from schemas.order import PlatformOrder
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.tables import ManifestTable
from scorers.profiles import Source
from streams.clock import utc_now
from streams.kafka.records import coordinates, logged_at
from streams.profiles.opening import configuration_of, identities_of
from streams.profiles.reading import Reading
from streams.profiles.visiting import parcels_of
from streams.settings import Settings
from streams.store import connect
from tests.contract.profiles import assert_same_profiles as assert_same_profiles
from tests.contract.profiles import different_profiles as different_profiles
from tests.contract.profiles import stored
from tests.pipeline import Pipeline
from tests.unit.scorers.profiles.logs import Log
from tests.unit.scorers.profiles.reference import Event, Profile, Reference

Profiles = dict[tuple[int, int], Profile]

NOWHERE = (-1, -1)
_AT_ONCE: Final = 10_000
_READING_SECONDS: Final = 120.0
"""A store says all that it has of a kind in one answer."""


def found_profiles(settings: Settings) -> Profiles:
    """Return all profiles of the store, but for their last place.

    Which of two partitions' parcels came last is no fact about the topic.
    """
    patient = settings.store.model_copy(update={"timeout_seconds": _READING_SECONDS})
    return _placeless(stored(connect(patient), configuration_of(settings)))


def expected_profiles(
    settings: Settings, messages: Iterable[Message], training: Iterable[Message] = ()
) -> Profiles:
    """Return what the records of a topic add up to, computed one parcel after the other.

    And what a training log adds that came of them.
    """
    reference = Reference(configuration_of(settings).period)
    for part in _parts(messages):
        for source in {_source(message) for message in part}:
            own = [one for one in part if _source(one) == source]
            reference.count(_events(settings, source, own))
    for message in training:
        _inspect(reference, msgspec.json.decode(message.value() or b""))
    return _placeless(dict(reference.living()))


def _inspect(reference: Reference, example: dict[str, Any]) -> None:
    entities = example["features"].get("entities")
    if entities and example.get("corrects") is None and example.get("weight", 1.0):
        reference.inspect(tuple(int(text, 16) for text in entities), example["label"])


def assert_profiles_are_those_of_the_topic(pipeline: Pipeline, manifests: int) -> None:
    """Compare counts exactly, decayed sums within their precision."""
    settings = pipeline.settings
    records = pipeline.read([settings.topics.manifests], manifests)
    assert_same_profiles(found_profiles(settings), expected_profiles(settings, records))


def _placeless(profiles: Mapping[tuple[int, int], Profile]) -> Profiles:
    return {key: replace(profile, place=NOWHERE) for key, profile in profiles.items()}


def _parts(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Yield records by thousands, so that not all are in memory."""
    left = iter(messages)
    while part := list(itertools.islice(left, _AT_ONCE)):
        yield part


def _source(message: Message) -> Source:
    topic, partition, _ = coordinates(message)
    return Source(topic, partition)


@functools.cache
def _assessor() -> Assessor:
    return Assessor(load_reference())


def _events(settings: Settings, source: Source, messages: list[Message]) -> list[Event]:
    """Return the parcels of a partition's records that can be read."""
    manifests, read = [], []
    for message in messages:
        try:
            manifests.append(decode_manifest(message.value()))
        except RecordError:
            continue
        read.append(message)
    if not read:
        return []
    table = ManifestTable(manifests)
    table.assessments = _assessor().assess(table)
    offsets = np.array([coordinates(one)[2] for one in read], dtype=np.int64)
    reading = Reading.of_partition(source, offsets, logged_at(read))
    log = Log(source, parcels_of(identities_of(settings), table, reading))
    return log.events(0, log.end)


def order_of(manifest: bytes) -> bytes:
    """Return the order of a manifest."""
    read = msgspec.json.decode(manifest)
    return encode(
        PlatformOrder(
            schema_version=1,
            platform_id=read["platform_id"],
            order_id=read["order_id"],
            ordered_at=utc_now(),
            seller_id=read["seller_id"],
            price_paid=read["total_value"],
            currency=read["currency"],
            listing_title="as described",
        )
    )


def stored_orders(settings: Settings) -> dict[bytes, bytes]:
    """Return the orders of the store, but for the marks of parcels that wait for theirs."""
    store = connect(settings.store)
    shards = configuration_of(settings).shard_keys
    keys = [key for shard in shards for key in store.scan_iter(match=f"{shard}:o:*")]
    found = [entry for key in keys for entry in store.hgetall(key).items()]
    return {order: value for order, value in found if any(value[:20])}
