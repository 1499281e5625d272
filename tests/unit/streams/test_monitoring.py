"""What orchestrators ask a process."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from streams.health import Health
from streams.monitoring import answer

PATIENCE = 300.0


class Process:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.health = Health(
            ["screening"],
            ["store", "joined"],
            PATIENCE,
            lambda: self.seconds,
            lambda: datetime.fromtimestamp(self.seconds, UTC),
        )

    def status(self, path: str, admitted: bool = True) -> int:
        return answer(path, self.health, admitted)[0]


@pytest.fixture
def process() -> Process:
    return Process()


def test_liveness_fails_only_when_the_loop_stands_still(process: Process) -> None:
    process.seconds = PATIENCE
    assert process.status("/healthz") == 200
    process.seconds += 1
    assert answer("/healthz", process.health)[2] == b"screening: no sign of life for 301 s\n"
    assert process.status("/healthz") == 503
    process.health.beat("screening")
    assert process.status("/healthz") == 200


def test_readiness_needs_everything_at_once(process: Process) -> None:
    process.health.note("store", True)
    assert answer("/readyz", process.health)[2] == b"joined: not yet, or not now\n"
    process.health.note("joined", True)
    assert process.status("/readyz") == 200
    process.health.note("store", False)
    assert process.status("/readyz") == 503
    assert process.status("/healthz") == 200


def test_metrics_page_is_exported(process: Process) -> None:
    process.health.beat("screening")
    assert (
        b'greenlane_heartbeat_timestamp_seconds{loop="screening"}'
        in (answer("/metrics", process.health)[2])
    )


def test_other_page_is_not_found(process: Process) -> None:
    assert process.status("/") == 404
