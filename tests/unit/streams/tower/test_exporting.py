"""The tower's metrics: lag, what was left out, and the durations of the slowest place."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from schemas.held import Passages
from scorers.tower.dwellbook import DwellBook
from streams.tower.exporting import export

HEALTH = {
    "ready": True,
    "parcels": 700,
    "series": 12,
    "latest_second": 1_793_520_000,
    "untracked": 1,
    "too_late": 2,
    "unreadable": 3,
    "refused": 4,
    "lag": {"lanes": 5, "ledger": 0, "held": 6},
}


def value(name: str, **labels: str) -> float | None:
    """Return a metric's value."""
    return REGISTRY.get_sample_value(f"greenlane_{name}", labels)


def dwell(offices: dict[str, float]) -> DwellBook:
    """Return a book of three releases an office, which all took so many seconds."""
    rows = [(office, seconds) for office, seconds in offices.items() for _ in range(3)]
    size = len(rows)
    names, seconds = tuple(name for name, _ in rows), tuple(seconds for _, seconds in rows)
    stages, reached = ("release",) * size, (1_793_520_000,) * size
    book = DwellBook()
    book.add(0, Passages(stages, seconds, reached, names, names, names))  # type: ignore[arg-type]
    return book


def test_export_tells_lag_and_what_was_left_out() -> None:
    export(HEALTH, [])
    assert value("tower_lag_records", stream="held") == 6
    assert [value("tower_left_out", why=why) for why in ("too_late", "refused")] == [2, 4]
    assert value("tower_latest_timestamp_seconds") == HEALTH["latest_second"]


def test_export_tells_durations_of_the_slowest_place() -> None:
    export(HEALTH, [dwell({"office:A": 100.0, "office:B": 9_000.0})])
    assert value("dwell_seconds", stage="release", quantile="0.9") == pytest.approx(9_000, rel=0.02)
