"""All that is known of the series of one partition: slots, expectations, and what is unusual."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from schemas import alert
from schemas.alert import Alert
from schemas.lanes import PER_NAT, LaneStats
from scorers.features.batch import Integers
from scorers.tower.baseline import MINUTE, WARM_UP_MINUTES, Baseline, BaselineRecord, HourRecord
from scorers.tower.episodes import LAST_SECONDS, Episodes
from scorers.tower.slots import (
    CENTS,
    COUNT,
    GRAMS,
    LOGS,
    PRICED,
    SLOT_SECONDS,
    SlotBook,
    SlotRecord,
)
from scorers.tower.spikes import (
    LONG_WINDOW,
    SHORT_WINDOWS,
    Finding,
    collapses,
    spikes,
)

GRACE_SECONDS: Final = 2
"""A slot is judged so long after its end: deltas of several workers are not quite in order."""

MOST_SERIES: Final = 50_000
_LONGEST_GAP: Final = 900
_WORDS: Final = {
    "spike": "{series}: {found:,.0f} parcels in {seconds:,} s, {expected:,.1f} are usual",
    "price-collapse": "{series}: {found:,.2f} EUR/kg in {seconds:,} s, {expected:,.2f} is usual",
}


@dataclass
class LaneChanges:
    """What has changed in a book since it was last kept."""

    slots: list[SlotRecord] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    baseline: BaselineRecord | None = None
    hours: list[HourRecord] = field(default_factory=list)


class LaneBook:
    """Counts the deltas of one partition and finds what is unusual, by the stream's own time."""

    def __init__(self, most_series: int = MOST_SERIES) -> None:
        self.slots = SlotBook(most_series)
        self.baseline = Baseline(self.slots.names)
        self._episodes = Episodes()
        self._judged = 0
        self._gone: list[int] = []
        self._hours: list[HourRecord] = []
        self._minute_closed = False

    def add(self, offset: int, stats: LaneStats) -> list[Alert]:
        """Count a record, and return the alerts that the time it brings gives rise to."""
        self.slots.add(offset, stats)
        ready = (self.slots.latest - GRACE_SECONDS) // SLOT_SECONDS * SLOT_SECONDS
        if self._judged == 0 or ready - self._judged > _LONGEST_GAP:
            # Minutes are learnt from whole.
            self._judged = max(self.baseline.closed, -(-ready // MINUTE) * MINUTE)
        alerts: list[Alert] = []
        while self._judged < ready:
            self._judged += SLOT_SECONDS
            alerts += self._judge(self._judged)
        return alerts

    def table(self, seconds: int, kind: str, most: int) -> list[dict[str, Any]]:
        """Return the series of a kind with most parcels in the last window, and what is usual."""
        end = self.slots.latest // SLOT_SECONDS * SLOT_SECONDS + SLOT_SECONDS
        sums = self.slots.between(end - seconds, end)
        expected = self.baseline.expected(end)[0] * seconds / MINUTE
        known = self.baseline.minutes >= WARM_UP_MINUTES
        names = list(self.slots.names)
        rows = [row for row, name in enumerate(names) if name.startswith(kind)]
        rows = sorted((row for row in rows if sums[COUNT, row]), key=lambda row: -sums[COUNT, row])
        return [
            _line(names[row], sums[:, row], float(expected[row]) if known else None)
            for row in rows[:most]
        ]

    def changes(self) -> LaneChanges:
        """Return what has changed since the last call."""
        gone, self._gone = self._gone, []
        hours, self._hours = self._hours, []
        baseline = self.baseline.record() if self._minute_closed else None
        self._minute_closed = False
        return LaneChanges(self.slots.changes(), gone, baseline, hours)

    def resume(self) -> None:
        """Go on where the recent state that was loaded ends."""
        self._judged = self.baseline.closed

    def _judge(self, end: int) -> list[Alert]:
        alerts = [self._alert(finding) for finding in _strongest(self._findings(end))]
        if end % MINUTE == 0 and end > self.baseline.closed:
            hour = self.baseline.close_minute(end, self.slots.between(end - MINUTE, end))
            self._minute_closed = True
            self._hours += [] if hour is None else [hour]
            self._gone += self.slots.forget()
            self._episodes.forget(end)
        return [one for one in alerts if one is not None]

    def _findings(self, end: int) -> Iterator[Finding]:
        windows = SHORT_WINDOWS if end % MINUTE else (*SHORT_WINDOWS, LONG_WINDOW)
        for seconds in windows:
            sums = self.slots.between(end - seconds, end)
            yield from spikes(self.baseline, sums[COUNT], end, seconds)
            yield from collapses(self.baseline, sums, end, seconds)

    def _alert(self, finding: Finding) -> Alert | None:
        series = list(self.slots.names)[finding.row]
        began = self._episodes.note((finding.kind, series), finding.end)
        if began is None:
            return None
        return _told(finding, series, began, self.slots.shippers(*finding[1:4]))


def _strongest(findings: Iterable[Finding]) -> list[Finding]:
    """Return the surest finding of each kind and series."""
    best: dict[tuple[str, int], Finding] = {}
    for finding in sorted(findings, key=lambda one: one.strength):
        best[finding.kind, finding.row] = finding
    return list(best.values())


def _told(finding: Finding, series: str, began: int, shippers: dict[str, int]) -> Alert:
    seconds = finding.end - finding.start
    numbers = {"found": round(finding.found, 4), "expected": round(finding.expected, 4)}
    name = blake2b(f"{finding.kind} {series} {began}".encode(), digest_size=12).hexdigest()
    return Alert(
        schema_version=alert.SCHEMA_VERSION,
        alert_id=name,
        kind=finding.kind,  # type: ignore[arg-type]
        about=series,
        raised_at=datetime.fromtimestamp(finding.end, UTC),
        text=_WORDS[finding.kind].format(series=series, seconds=seconds, **numbers),
        details={
            **numbers,
            "window_start": datetime.fromtimestamp(finding.start, UTC).isoformat(),
            "window_seconds": seconds,
            "strength": round(finding.strength, 1),
            "shippers": shippers,
        },
        expires_at=datetime.fromtimestamp(finding.end + LAST_SECONDS, UTC),
    )


def _line(name: str, sums: Integers, expected: float | None) -> dict[str, Any]:
    priced, grams = int(sums[PRICED]), int(sums[GRAMS])
    per_kg = float(np.exp(sums[LOGS] / PER_NAT / priced)) if priced else None
    return {
        "series": name,
        "parcels": int(sums[COUNT]),
        "expected": None if expected is None else round(expected, 1),
        "value_eur": int(sums[CENTS]) / 100,
        "weight_kg": grams / 1000,
        "eur_per_kg": None if per_kg is None else round(per_kg, 2),
    }
