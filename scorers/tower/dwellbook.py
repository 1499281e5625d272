"""How long parcels take to each stage, by office, carrier and lane, and where they get stuck."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from math import log
from typing import Any, Final, NamedTuple

from schemas import alert
from schemas.alert import Alert
from schemas.held import Passages
from scorers.tower.episodes import LAST_SECONDS, Episodes
from scorers.tower.quantiles import Sketch, merged

HOUR: Final = 3_600
KEEP_HOURS: Final = 48
MOST_LABELS: Final = 20_000
"""Of one hour; further lanes are left out."""

_TAIL: Final = 0.1
_LEAST_RECENT: Final = 30
_LEAST_USUAL: Final = 100
_LEAST_RATIO: Final = 1.5
_LEAST_EXCESS: Final = -log(1e-7)
_EVERY: Final = 60


class Place(NamedTuple):
    """A stage in an hour, at an office, by a carrier or on a lane."""

    hour: int
    stage: str
    label: str


class DwellBook:
    """Sketches of the last two days by hour, and the bottlenecks that the newest ones show."""

    def __init__(self) -> None:
        self.sketches: dict[Place, Sketch] = {}
        self._changed: set[Place] = set()
        self._gone: list[Place] = []
        self._episodes = Episodes()
        self._hour = 0
        self._looked = 0

    def add(self, offset: int, passages: Passages) -> list[Alert]:
        """Count the record at `offset`, except where it is in; return new bottlenecks."""
        opened: dict[Place, Sketch | None] = {}
        columns = (passages.offices, passages.carriers, passages.lanes)
        for place, (stage, seconds) in enumerate(
            zip(passages.stages, passages.seconds, strict=True)
        ):
            hour = passages.reached[place] // HOUR
            for column in columns:
                key = Place(hour, stage, column[place])
                if key not in opened:
                    opened[key] = self._open(key, offset)
                sketch = opened[key]
                if sketch is not None:
                    sketch.add(seconds)
        newest = max(passages.reached, default=0)
        if newest // _EVERY <= self._looked // _EVERY:
            return []
        self._looked = newest
        self._forget(newest // HOUR)
        return self._bottlenecks(newest)

    def load(self, place: Place, sketch: Sketch) -> None:
        """Take in a sketch as it was kept."""
        self.sketches[place] = sketch
        self._hour = max(self._hour, place.hour)

    def changes(self) -> tuple[list[tuple[Place, Sketch]], list[Place]]:
        """Return the sketches that have changed since the last call, and those that are gone."""
        changed, self._changed = sorted(self._changed), set()
        gone, self._gone = self._gone, []
        return [(place, self.sketches[place]) for place in changed], gone

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

    def _open(self, place: Place, offset: int) -> Sketch | None:
        """Return the sketch to add to; None if the record is in it, or the hour is too old."""
        self._hour = max(self._hour, place.hour)
        sketch = self.sketches.get(place)
        if sketch is None:
            full = len(self.sketches) >= MOST_LABELS * KEEP_HOURS
            if place.hour <= self._hour - KEEP_HOURS or full:
                return None
            sketch = self.sketches[place] = Sketch(counts={})
        if offset <= sketch.offset:
            return None
        sketch.offset = offset
        self._changed.add(place)
        return sketch

    def _forget(self, hour: int) -> None:
        old = [place for place in self.sketches if place.hour <= hour - KEEP_HOURS]
        for place in old:
            del self.sketches[place]
            self._changed.discard(place)
        self._gone += old

    def _compared(self, hour: int) -> dict[tuple[str, str], tuple[Sketch, Sketch]]:
        """Return the sketches of the newest two hours and of those before, by stage and label."""
        recent: dict[tuple[str, str], list[Sketch]] = {}
        usual: dict[tuple[str, str], list[Sketch]] = {}
        for place, sketch in self.sketches.items():
            side = recent if place.hour >= hour - 1 else usual
            side.setdefault(place[1:], []).append(sketch)
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


def place_of(name: str) -> Place:
    """Return a place from its name, as it is kept: hour, stage and label.

    >>> place_of("498200/release/office:DE003302")
    Place(hour=498200, stage='release', label='office:DE003302')
    """
    hour, stage, label = name.split("/", 2)
    return Place(int(hour), stage, label)
