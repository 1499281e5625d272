"""How long parcels take to each stage, by office, carrier and lane, and where they get stuck."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from hashlib import blake2b
from math import log
from typing import Any, Final, NamedTuple

from schemas import alert
from schemas.alert import Alert
from schemas.held import Passages
from scorers.tower.episodes import LAST_SECONDS, Episodes
from scorers.tower.quantiles import Sketch, bucket_of, merged

HOUR: Final = 3_600
KEEP_HOURS: Final = 48
MOST_LABELS: Final = 20_000
"""Of one chunk; further lanes are left out."""

_TAIL: Final = 0.1
_LEAST_RECENT: Final = 30
_LEAST_USUAL: Final = 100
_LEAST_RATIO: Final = 1.5
_LEAST_EXCESS: Final = -log(1e-7)
_EVERY: Final = 60


class Chunk(NamedTuple):
    """What is kept together: a stage in an hour, at all offices, or by all carriers or lanes."""

    hour: int
    stage: str
    kind: str


Sketches = dict[str, Sketch]
"""Sketches by label."""


class DwellBook:
    """Sketches of the last two days by hour, and the bottlenecks that the newest ones show."""

    def __init__(self) -> None:
        self.chunks: dict[Chunk, Sketches] = {}
        self._changed: set[Chunk] = set()
        self._gone: list[Chunk] = []
        self._episodes = Episodes()
        self._hour = 0
        self._looked = 0

    def add(self, offset: int, passages: Passages) -> list[Alert]:
        """Count the record at `offset`, except where it is in; return new bottlenecks."""
        buckets = list(map(bucket_of, passages.seconds))
        hours = [reached // HOUR for reached in passages.reached]
        for labels in (passages.offices, passages.carriers, passages.lanes):
            self._count(offset, Counter(zip(hours, passages.stages, labels, buckets, strict=True)))
        newest = max(passages.reached, default=0)
        if newest // _EVERY <= self._looked // _EVERY:
            return []
        self._looked = newest
        self._forget(newest // HOUR)
        return self._bottlenecks(newest)

    def load(self, chunk: Chunk, sketches: Sketches) -> None:
        """Take in sketches as they were kept."""
        self.chunks[chunk] = sketches
        self._hour = max(self._hour, chunk.hour)

    def changes(self) -> tuple[list[tuple[Chunk, Sketches]], list[Chunk]]:
        """Return what has changed since the last call, and what is gone."""
        changed, self._changed = sorted(self._changed), set()
        gone, self._gone = self._gone, []
        return [(chunk, self.chunks[chunk]) for chunk in changed], gone

    def table(self) -> list[dict[str, Any]]:
        """Return how long each stage took in this hour and the one before, the slowest first."""
        lines = []
        for (stage, label), (recent, usual) in self._compared(self._hour).items():
            lines.append(
                {
                    "stage": stage,
                    "where": label,
                    "parcels": recent.total,
                    **{f"p{share}": _rounded(recent, share) for share in (50, 90, 99)},
                    "usual_p90": _rounded(usual, 90),
                }
            )
        return sorted(lines, key=lambda line: -line["p90"])

    def _count(self, offset: int, found: Counter[tuple[int, str, str, int]]) -> None:
        """Count values by hour, stage, label and bucket."""
        opened: dict[tuple[int, str, str], Sketch | None] = {}
        for (hour, stage, label, bucket), values in found.items():
            key = (hour, stage, label)
            if key not in opened:
                opened[key] = self._open(*key, offset)
            sketch = opened[key]
            if sketch is not None:
                sketch.count(bucket, values)

    def _open(self, hour: int, stage: str, label: str, offset: int) -> Sketch | None:
        """Return the sketch to add to; None if the record is in it, or the hour is too old."""
        self._hour = max(self._hour, hour)
        if hour <= self._hour - KEEP_HOURS:
            return None
        chunk = Chunk(hour, stage, label.partition(":")[0])
        sketches = self.chunks.setdefault(chunk, {})
        if label not in sketches:
            if len(sketches) >= MOST_LABELS:
                return None
            sketches[label] = Sketch(counts={})
        sketch = sketches[label]
        if offset <= sketch.offset:
            return None
        sketch.offset = offset
        self._changed.add(chunk)
        return sketch

    def _forget(self, hour: int) -> None:
        old = [chunk for chunk in self.chunks if chunk.hour <= hour - KEEP_HOURS]
        for chunk in old:
            del self.chunks[chunk]
            self._changed.discard(chunk)
        self._gone += old

    def _compared(self, hour: int) -> dict[tuple[str, str], tuple[Sketch, Sketch]]:
        """Return the sketches of the newest two hours and of those before, by stage and label."""
        recent: dict[tuple[str, str], list[Sketch]] = {}
        usual: dict[tuple[str, str], list[Sketch]] = {}
        for chunk, sketches in self.chunks.items():
            side = recent if chunk.hour >= hour - 1 else usual
            for label, sketch in sketches.items():
                side.setdefault((chunk.stage, label), []).append(sketch)
        return {key: (merged(found), merged(usual.get(key, ()))) for key, found in recent.items()}

    def _bottlenecks(self, now: int) -> list[Alert]:
        found = []
        for (stage, label), (recent, usual) in self._compared(now // HOUR).items():
            if not _is_slower(recent, usual):
                continue
            began = self._episodes.note((stage, label), now)
            if began is not None:
                found.append(_told(stage, label, recent, usual, began, now))
        return found


def _is_slower(recent: Sketch, usual: Sketch) -> bool:
    """Whether far more than the usual tenth are slower than nine of ten usually are.

    Chernoff's bound: so many of n above a quantile have a chance of at most exp(-n KL).
    """
    count = recent.total
    if count < _LEAST_RECENT or usual.total < _LEAST_USUAL:
        return False
    slow = usual.quantile(1 - _TAIL)
    share = recent.above(slow) / count
    if share <= _TAIL or recent.quantile(1 - _TAIL) < _LEAST_RATIO * slow:
        return False
    return count * _divergence(share, _TAIL) > _LEAST_EXCESS


def _divergence(share: float, usual: float) -> float:
    rest = (1 - share) * log((1 - share) / (1 - usual)) if share < 1 else 0.0
    return share * log(share / usual) + rest


def _told(stage: str, label: str, recent: Sketch, usual: Sketch, began: int, now: int) -> Alert:
    slow, before = recent.quantile(0.9), usual.quantile(0.9)
    name = blake2b(f"bottleneck {stage} {label} {began}".encode(), digest_size=12).hexdigest()
    return Alert(
        schema_version=alert.SCHEMA_VERSION,
        alert_id=name,
        kind="bottleneck",
        about=label,
        raised_at=datetime.fromtimestamp(now, UTC),
        text=f"{label}: one of ten takes more than {slow:,.0f} s to {stage}, usually {before:,.0f}",
        details={
            "stage": stage,
            "parcels": recent.total,
            "p90_seconds": round(slow, 1),
            "usual_p90_seconds": round(before, 1),
        },
        expires_at=datetime.fromtimestamp(now + LAST_SECONDS, UTC),
    )


def _rounded(sketch: Sketch, percent: int) -> float | None:
    return round(sketch.quantile(percent / 100), 2) if sketch.counts else None


def chunk_of(name: str) -> Chunk:
    """Return a chunk from its name, as it is kept: hour, stage and kind.

    >>> chunk_of("498200/release/office")
    Chunk(hour=498200, stage='release', kind='office')
    """
    hour, stage, kind = name.split("/")
    return Chunk(int(hour), stage, kind)
