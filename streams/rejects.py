"""Rejects: what could not be read goes back byte for byte, with the reason in its headers."""

from __future__ import annotations

from typing import Final, cast

from confluent_kafka import Message

from schemas.codec import RecordError
from schemas.deadletter import DeadLetter
from streams.events import Headers, event_headers, moment, without_event
from streams.kafka.producing import Output
from streams.kafka.records import coordinates
from streams.settings import TopicSettings

_TYPE: Final = "greenlane.reject.v1"


def reject(message: Message, error: RecordError, topics: TopicSettings) -> Output:
    """Return the reject of `message` for the topic of rejected records."""
    place = coordinates(message)
    headers = cast("Headers", message.headers() or [])
    identity, when = ":".join(map(str, place)), moment(message.timestamp()[1])
    event = event_headers(topics.cloudevents_source, _TYPE, identity, when)
    came = without_event(headers) if event else headers
    told = DeadLetter(*place, str(error)).headers(came)
    return Output(topics.rejected, message.key(), message.value(), told + event)
