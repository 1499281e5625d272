"""Sending alerts from outside a transaction: at least once, and the same one has the same id."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from confluent_kafka import Producer

from schemas import alert
from schemas.alert import Alert, AlertKind
from schemas.codec import encode
from streams import metrics
from streams.events import Headers, event_headers
from streams.kafka.producing import Output, send
from streams.settings import TopicSettings

log = logging.getLogger(__name__)

_MAX_TEXT: Final = 256
_CLOSE_SECONDS: Final = 10.0

_TYPE: Final = f"greenlane.alert.v{alert.SCHEMA_VERSION}"


def alert_output(topics: TopicSettings, key: str, record: Alert) -> Output:
    """Return an alert for its topic, as a CloudEvent if that is wanted."""
    headers = alert_headers(topics.cloudevents_source, record)
    return Output(topics.alerts, key, encode(record), headers)


def alert_headers(source: str | None, record: Alert) -> Headers | None:
    """Return an alert's headers; none if it is to be no CloudEvent, for want of a source."""
    event = event_headers(source, _TYPE, record.alert_id, record.raised_at)
    return [("content-type", b"application/json"), *event] if event else None


class Announcer:
    """Writes alerts to their topic and to the log."""

    def __init__(
        self, producer: Producer, topics: TopicSettings, utc_now: Callable[[], datetime]
    ) -> None:
        self._producer = producer
        self._topics = topics
        self._utc_now = utc_now

    def announce(
        self,
        kind: AlertKind,
        about: str,
        text: str,
        place: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise an alert. `place`, such as an offset, tells it from others of its kind."""
        log.warning("%s, %s: %s", kind, about, text)
        metrics.MODEL_ALERTS.labels(kind).inc()
        digest = blake2b(f"{about} {place}".encode(), digest_size=8).hexdigest()
        record = Alert(
            schema_version=alert.SCHEMA_VERSION,
            alert_id=f"{kind}:{digest}",
            kind=kind,
            about=about[:_MAX_TEXT],
            raised_at=self._utc_now(),
            text=text[:_MAX_TEXT],
            details=dict(details or {}),
        )
        send(self._producer, alert_output(self._topics, kind, record))
        self._producer.poll(0)

    def close(self) -> None:
        """Wait until all alerts are stored."""
        self._producer.flush(_CLOSE_SECONDS)
