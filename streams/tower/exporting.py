"""The tower's books as metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from scorers.tower.dwellbook import DwellBook
from streams import metrics

_LEFT_OUT: Final = ("untracked", "too_late", "unreadable", "refused")
_QUANTILES: Final = {"p50": "0.5", "p90": "0.9", "p99": "0.99"}


def export(health: Mapping[str, Any], dwell: Iterable[DwellBook]) -> None:
    """Set the gauges of the tower from what it tells of its health, and its durations."""
    metrics.TOWER_READY.set(health["ready"])
    metrics.TOWER_PARCELS.set(health["parcels"])
    metrics.TOWER_SERIES.set(health["series"])
    if health["latest_second"] is not None:
        metrics.TOWER_LATEST.set(health["latest_second"])
    for why in _LEFT_OUT:
        metrics.TOWER_LEFT_OUT.labels(why).set(health[why])
    for stream, records in health["lag"].items():
        metrics.TOWER_LAG.labels(stream).set(records)
    slowest: dict[str, dict[str, Any]] = {}
    for line in (line for book in dwell for line in book.table()):
        slowest.setdefault(line["stage"], line)  # the slowest come first
    for stage, line in slowest.items():
        metrics.DWELL_PARCELS.labels(stage).set(line["parcels"])
        for figure, quantile in _QUANTILES.items():
            metrics.DWELL.labels(stage, quantile).set(line[figure])
