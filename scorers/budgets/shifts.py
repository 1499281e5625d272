"""Shifts: the local hours in which an office works, as instants of one UTC hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

HOUR_SECONDS: Final = 3_600

Interval = tuple[float, float]
"""From the first instant to the one that is no longer in it, in seconds since 1970 UTC."""

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: Final[tuple[str, ...]] = get_args(Day)


class Shift(BaseModel):
    """Working hours on some days of the week, in local time.

    A shift that ends at or before its start ends on the next day; it belongs to the day on which
    it starts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: tuple[Day, ...] = Field(min_length=1)
    start: time
    end: time

    @field_validator("start", "end")
    @classmethod
    def _is_local(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise PydanticCustomError("local", "expected a local time such as 06:00:00")
        return value

    def on(self, day: date, zone: ZoneInfo) -> Interval | None:
        """Return when the shift that starts on `day` runs, or None when there is none.

        Where clocks are set back, an hour that comes twice is worked twice.
        """
        if _DAYS[day.weekday()] not in self.days:
            return None
        last = day if self.end > self.start else day + timedelta(days=1)
        begin = datetime.combine(day, self.start, zone)
        finish = datetime.combine(last, self.end, zone).replace(fold=1)
        return begin.timestamp(), finish.timestamp()


def working_times(shifts: Sequence[Shift], zone: ZoneInfo, hour: int) -> list[Interval]:
    """Return when an office works within an hour, counted from 1970 UTC; always, without shifts.

    >>> early = Shift(days=("thu",), start=time(6, 30), end=time(14))
    >>> working_times([early], ZoneInfo("Europe/Berlin"), 5)  # 1970-01-01, a Thursday, 06:00 local
    [(19800.0, 21600.0)]
    """
    begin, finish = float(hour * HOUR_SECONDS), float((hour + 1) * HOUR_SECONDS)
    if not shifts:
        return [(begin, finish)]
    today = datetime.fromtimestamp(begin, zone).date()
    # A shift of the day before may still run, and an hour may reach into the next day.
    days = [today + timedelta(days=away) for away in (-1, 0, 1)]
    found = (shift.on(day, zone) for day in days for shift in shifts)
    clipped = ((max(one[0], begin), min(one[1], finish)) for one in found if one is not None)
    return list(_merged(sorted(one for one in clipped if one[0] < one[1])))


def _merged(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Yield sorted intervals, those that overlap or touch as one."""
    current: Interval | None = None
    for one in intervals:
        if current is None:
            current = one
        elif one[0] <= current[1]:
            current = (current[0], max(current[1], one[1]))
        else:
            yield current
            current = one
    if current is not None:
        yield current
