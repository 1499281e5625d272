"""Reading decisions and outcomes from their topics as an outsider: nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from confluent_kafka import Message

from scorers.profiles import Source
from streams.profiles.stretches import StretchReader
from streams.replay.records import DecisionColumns, Recorded, columns_of, recorded, results_of
from streams.settings import Settings

_MILLISECONDS: Final = 1_000.0


@dataclass(frozen=True)
class Period:
    """Log times from `since` to before `until`; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def has(self, seconds: float) -> bool:
        """Tell whether an instant (Unix seconds) is in it."""
        begun = self.since is None or self.since.timestamp() <= seconds
        return begun and (self.until is None or seconds < self.until.timestamp())


@dataclass(frozen=True)
class History:
    """The decisions of a period with their outcomes; `unreadable` records are none."""

    decisions: DecisionColumns
    unreadable: int


def read_history(settings: Settings, period: Period) -> History:
    """Return what was logged until now: decisions of the period, and all outcomes since."""
    topics = settings.topics
    decisions: list[tuple[float, Recorded]] = []
    unreadable = 0
    with closing(StretchReader(settings.kafka)) as reader:
        for topic in (topics.hold, topics.clear):
            for message in _messages(reader, topic, period.since, period.until):
                seconds = message.timestamp()[1] / _MILLISECONDS
                if not period.has(seconds):
                    continue
                if (decision := recorded(message.value())) is None:
                    unreadable += 1
                else:
                    decisions.append((seconds, decision))
        # An outcome comes after its decision, however late.
        outcomes = _messages(reader, topics.outcomes, period.since, None)
        results = results_of(message.value() for message in outcomes)
    return History(columns_of(decisions, results), unreadable)


def _messages(
    reader: StretchReader, topic: str, since: datetime | None, until: datetime | None
) -> Iterator[Message]:
    """Yield a topic's records that may be in a period, as the topic stands now."""
    sources = reader.partitions(topic)
    firsts = None if since is None else reader.positions_at(sources, since.timestamp())
    lasts = {} if until is None else reader.positions_at(sources, until.timestamp())
    for source in sources:
        low, high = reader.bounds(source)
        start = low if firsts is None else firsts.get(source, high)
        yield from _stretch(reader, source, start, lasts.get(source, high))


def _stretch(reader: StretchReader, source: Source, start: int, end: int) -> Iterator[Message]:
    if start < end:
        for stretch in reader.read(source, start, end):
            yield from stretch.messages
