"""Following the control tower's alerts: a worker takes in new ones, and lets go of old ones."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from schemas.alert import Alert
from schemas.codec import RecordError, decode_alert
from scorers.alerts import FOLLOWED, ActiveAlert, AlertBook
from streams import clock
from streams.clock import MonotonicClock
from streams.kafka.reading import TopicReader
from streams.settings import Settings

log = logging.getLogger(__name__)

_MOST: Final = 1_000
_MOST_ALERTS: Final = 500
_LONGEST: Final = timedelta(hours=1)
"""How far back alerts may still be in force when a worker starts."""


class AlertFollower:
    """Gives the alerts in force when they change. Alerts are looked for, never waited for."""

    def __init__(
        self,
        reader: TopicReader,
        every_seconds: float,
        monotonic: MonotonicClock,
        utc_now: Callable[[], datetime],
    ) -> None:
        self._reader = reader
        self._every = every_seconds
        self._monotonic = monotonic
        self._utc_now = utc_now
        self._next_look = monotonic()
        self._alerts: dict[tuple[str, str], Alert] = {}
        self.book = AlertBook()

    def newer(self) -> AlertBook | None:
        """Return the alerts in force if they have changed and it is time to look."""
        if self._monotonic() < self._next_look:
            return None
        self._next_look = self._monotonic() + self._every
        for message in self._reader.read(_MOST, 0):
            self._take(message.value())
        now = self._utc_now()
        # What has expired stays: a clock that was ahead may go back.
        active = tuple(_active(one) for one in self._alerts.values() if _holds(one, now))
        if active == self.book.alerts:
            return None
        self.book = AlertBook(active)
        log.info("%d alerts in force", len(active))
        return self.book

    def close(self) -> None:
        """Stop reading."""
        self._reader.close()

    def _take(self, value: bytes | None) -> None:
        try:
            alert = decode_alert(value)
        except RecordError as error:
            log.warning("an alert that cannot be read is left out: %s", error)
            return
        if alert.kind in FOLLOWED and alert.expires_at is not None:
            self._alerts.pop((alert.kind, alert.about), None)
            self._alerts[alert.kind, alert.about] = alert
            if len(self._alerts) > _MOST_ALERTS:
                del self._alerts[next(iter(self._alerts))]


def follow_alerts(settings: Settings) -> AlertFollower:
    """Return a follower of the alerts that may still be in force."""
    since = clock.utc_now() - _LONGEST
    reader = TopicReader(settings.kafka, [settings.topics.alerts], since=since)
    every = settings.worker.alert_poll_seconds
    return AlertFollower(reader, every, clock.monotonic, clock.utc_now)


def _holds(alert: Alert, now: datetime) -> bool:
    return alert.expires_at is not None and alert.expires_at > now


def _active(alert: Alert) -> ActiveAlert:
    return ActiveAlert(alert.alert_id, alert.kind, alert.about, alert.text)
