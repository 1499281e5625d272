"""A worker's alerts in force follow its clock, also when that was wrong for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.alert import Alert
from schemas.codec import encode
from streams.alerting import AlertFollower
from tests.unit.streams.clocks import Clock

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Record:
    """A record with nothing but a value."""

    def __init__(self, alert: Alert) -> None:
        self._alert = alert

    def value(self) -> bytes:
        return encode(self._alert)


class Reader:
    """Gives each record once."""

    def __init__(self, *alerts: Alert) -> None:
        self._alerts = alerts

    def read(self, _most: int, _seconds: float) -> Sequence[Record]:
        found, self._alerts = [Record(one) for one in self._alerts], ()
        return found


def make_alert(expires_at: datetime) -> Alert:
    return Alert(
        schema_version=1,
        alert_id="a-1",
        kind="spike",
        about="lane:CN-DE",
        text="many parcels",
        raised_at=NOON,
        expires_at=expires_at,
    )


def test_alert_of_a_clock_that_was_a_day_ahead_holds_again_when_it_is_right() -> None:
    clock, wall = Clock(), [NOON]
    reader: Any = Reader(make_alert(NOON + timedelta(minutes=10)))
    follower = AlertFollower(reader, 1.0, clock, lambda: wall[0])
    seen = []
    for ahead in (timedelta(), timedelta(days=1), timedelta(), timedelta(minutes=11)):
        wall[0] = NOON + ahead
        follower.newer()
        seen.append(len(follower.book.alerts))
        clock.now += 1
    assert seen == [1, 0, 1, 0]
