"""`greenlane trace`: finds all that topics hold about one parcel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from confluent_kafka import Message

from schemas.codec import RecordError, decode_alert, decode_decision
from streams.kafka.reaching import require_broker
from streams.kafka.reading import TopicReader
from streams.settings import Settings, load_settings
from streams.tracing.story import Chapter, chapters

_MOST: Final = 5_000
_QUIET_SECONDS: Final = 1.0


def trace(item_id: str, days: float, now: datetime) -> list[Chapter]:
    """Return what happened to a parcel in the last days, in order."""
    return traced(load_settings(), item_id, now - timedelta(days=days))


def traced(settings: Settings, item_id: str, since: datetime) -> list[Chapter]:
    """Return what happened to a parcel; an id may come back after a year, hence `since`."""
    require_broker(settings.kafka)
    topics = settings.topics
    key = item_id.encode()
    keyed = [topics.hold, topics.clear, topics.outcomes, topics.clearance]
    found = [one for one in _read(settings, keyed, since) if one.key() == key]
    decided = [one for one in found if one.topic() in (topics.hold, topics.clear)]
    found += _manifests(settings, decided)
    found += [one for one in _read(settings, [topics.alerts], since) if _is_about(one, item_id)]
    return chapters(found, topics)


def as_json(told: list[Chapter]) -> bytes:
    """Return a story as one JSON object a chapter; names and addresses are not in it."""
    lines = [
        {"at": one.at, "what": one.what, "text": one.text, "read_at": one.read_at} for one in told
    ]
    return msgspec.json.format(msgspec.json.encode(lines))


def _read(settings: Settings, topics: list[str], since: datetime) -> Iterator[Message]:
    with closing(TopicReader(settings.kafka, topics, since=since)) as reader:
        while part := reader.read(_MOST, _QUIET_SECONDS):
            yield from part


def _manifests(settings: Settings, decided: list[Message]) -> list[Message]:
    """Return the manifests that decisions name: a decision's id is where its manifest stands."""
    found: list[Message] = []
    for message in decided:
        try:
            decision = decode_decision(message.value())
        except RecordError:
            continue
        topic, partition, offset = decision.decision_id.rsplit(":", 2)
        found += _at(settings, topic, int(partition), int(offset))
    return found


def _at(settings: Settings, topic: str, partition: int, offset: int) -> list[Message]:
    with closing(TopicReader(settings.kafka, [topic], at={partition: offset})) as reader:
        return [one for one in reader.read(1, _QUIET_SECONDS) if one.offset() == offset]


def _is_about(message: Message, item_id: str) -> bool:
    try:
        alert = decode_alert(message.value())
    except RecordError:
        return False
    items: Any = alert.details.get("items", ())
    return alert.about == item_id or item_id in items
