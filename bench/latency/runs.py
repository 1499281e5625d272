"""One rate: a contestant, an open-loop sender, and a reader who notes when decisions are there."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bench.speed.contestants import Contestant
from bench.speed.inputs import Recording, lines_of
from bench.speed.stage import Stage
from streams.clock import monotonic
from streams.kafka.reading import TopicReader
from streams.processes import ChildProcess
from streams.publishing import item_key

Floats = npt.NDArray[np.float64]

_READ: Final = 5_000
_READ_SECONDS: Final = 0.05
_LEAD_SECONDS: Final = 8.0
"""For the sender to start, and the worker to join its group."""

_SILENT_SECONDS: Final = 15.0
_QUANTILES: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}


class StalledError(RuntimeError):
    """No decision came for too long; the text is one line."""


@dataclass(frozen=True)
class Plan:
    """Manifests a second, for how long, and how much of it does not count."""

    rate: float
    seconds: float
    warm_up: float

    @property
    def count(self) -> int:
        """How many manifests are sent."""
        return int(self.rate * (self.seconds + self.warm_up))


def run_rate(
    plan: Plan, contestant: Contestant, stage: Stage, recording: Recording, run: str
) -> dict[str, Any]:
    """Return the quantiles of one contestant at one rate, in milliseconds."""
    settings = stage.settings()
    started = contestant.start(stage, run)
    worker = ChildProcess(started.command, stage.folder / "worker.log", started.environment)
    worker.start()
    start = monotonic() + _LEAD_SECONDS
    sender = ChildProcess(
        [sys.executable, "-m", "bench.latency.sending", settings.kafka.bootstrap_servers,
         settings.topics.manifests, str(recording.manifests), str(plan.rate), str(plan.count),
         "0", str(start)],
        stage.folder / "sender.log",
    )  # fmt: skip
    sender.start()
    values = islice(lines_of(recording.manifests), plan.count)
    places = {item_key(value): place for place, value in enumerate(values)}
    reader = TopicReader(settings.kafka, started.topics)
    try:
        seen = _seen(reader, worker, places, start)
    finally:
        sender.stop()
        worker.stop()
        reader.close()
    due = start + np.arange(1, plan.count + 1) / plan.rate
    return {
        "name": contestant.name,
        "rate": plan.rate,
        **quantiles((seen - due)[int(plan.rate * plan.warm_up) :]),
    }


def quantiles(seconds: Floats) -> dict[str, float]:
    """Return quantiles of latencies in milliseconds, each one that occurred.

    >>> quantiles(np.array([0.001, 0.002, 0.010]))["p50"]
    2.0
    """
    found = {
        name: float(np.quantile(seconds, share, method="higher")) * 1e3
        for name, share in _QUANTILES.items()
    }
    return {"manifests": len(seconds), **found}


def _seen(
    reader: TopicReader, worker: ChildProcess, places: dict[str | None, int], start: float
) -> Floats:
    """Return when the decision of each manifest was there."""
    seen = np.full(len(places), np.nan)
    missing, last = len(places), start
    while missing:
        messages = reader.read(_READ, _READ_SECONDS)
        now = monotonic()
        for message in messages:
            # What the limit passes on is a manifest, which names its item as a decision does.
            place = places[item_key(message.value() or b"")]
            missing -= int(np.isnan(seen[place]))
            seen[place] = now
        last = now if messages else last
        if not worker.running or now - last > _SILENT_SECONDS:
            raise StalledError(f"{missing} decisions are missing; worker: {worker.log_tail()}")
    return seen
