"""What the tower costs while parcels are screened: processor time of its process, by the second."""

from __future__ import annotations

import tempfile
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
from confluent_kafka import Producer

from bench.servers import servers
from schemas.codec import encode
from schemas.decision import Decision
from schemas.manifest import Manifest
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.tables import ManifestTable
from scorers.policybook import PolicyBook, share_plan
from streams.aggregates import Aggregates
from streams.kafka.clients import plain_producer
from streams.kafka.producing import Output, send
from streams.settings import Settings
from streams.simulator.clearance import Inspector, clearance_event
from streams.simulator.platforms import PlatformSimulator
from streams.worker import build_screener
from tests.pipeline import Pipeline

_BATCH = 2_000
_WARM_UP_SECONDS = 12.0
_TABLES = 10


@dataclass(frozen=True)
class CostPlan:
    """Parcels a second, and for how many seconds they are counted."""

    rate: int = 40_000
    seconds: float = 20.0


def cost(plan: CostPlan) -> dict[str, Any]:
    """Return the share of a core that the tower uses: processor time by second of the stream."""
    broker, store = servers("kafka")
    with broker, store, tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(broker, store, Path(folder), topics__partitions="6")
        try:
            made = _Made(pipeline.settings)
            tower = pipeline.spawn("tower")
            assert tower.pid is not None
            process = psutil.Process(tower.pid)
            _play(made, plan, _WARM_UP_SECONDS)
            before, first = _spent(process), _health(pipeline.settings)["latest_second"]
            _play(made, plan, plan.seconds)
            spent, last = _spent(process) - before, _health(pipeline.settings)["latest_second"]
            behind = time.time() - last
            memory = process.memory_info().rss / 1e6
        finally:
            pipeline.stop()
    return {
        "parcels_a_second": plan.rate,
        "stream_seconds": last - first,
        "share_of_a_core": spent / max(last - first, 1),
        "records_a_batch": round(made.sent / made.batches, 1),
        "holds_a_batch": round(made.held / made.batches, 1),
        "seconds_behind": round(behind, 1),
        "memory_mb": round(memory, 1),
    }


class _Made:
    """What workers and customs would write, batch after batch, with the time it is now."""

    def __init__(self, settings: Settings) -> None:
        self._topics = settings.topics
        reference = load_reference(None)
        assessor = Assessor(reference)
        self._aggregates = Aggregates(settings.topics, reference)
        self._producer: Producer = plain_producer(settings.kafka)
        simulator = PlatformSimulator(1, datetime.now(UTC), 40_000)
        self._tables, self._holds = [], []
        screener = build_screener(settings, PolicyBook(share_plan(0.03, 0.005)))
        for number in range(_TABLES):
            manifests: list[Manifest] = [simulator.next().manifest for _ in range(_BATCH)]
            table = ManifestTable(manifests)
            table.assessments = assessor.assess(table)
            self._tables.append(table)
            at = [("parcels.manifests", 0, number * _BATCH + place) for place in range(_BATCH)]
            decisions = screener.screen(table, at, np.full(_BATCH, time.time()))
            screener.commit()
            self._holds.append([one for one in decisions if one.action == "hold"])
        self._inspector = Inspector()
        self.batches = self.sent = self.held = 0

    def batch(self) -> None:
        """Send what one batch of parcels gives rise to."""
        place = self.batches % _TABLES
        self.batches += 1
        logged = np.full(_BATCH, int(time.time()), dtype=np.int64)
        for output in self._aggregates.of(self._tables[place], logged):
            self._send(output)
        for hold in self._holds[place]:
            self._hold(hold)
        self._producer.poll(0)

    def _hold(self, hold: Decision) -> None:
        self.held += 1
        name = f"{hold.item_id[:20]}-{self.held}"
        now = datetime.now(UTC)
        held = msgspec.structs.replace(
            hold, decision_id=f"bench:0:{self.held}", item_id=name, submitted_at=now
        )
        self._send(Output(self._topics.hold, name, encode(held)))
        outcome = self._inspector.inspect(held, (), now)
        self._send(Output(self._topics.outcomes, name, encode(outcome)))
        for stage in ("arrived", "inspected", "released"):
            event = clearance_event(held, stage, now)  # type: ignore[arg-type]
            self._send(Output(self._topics.clearance, name, encode(event)))

    def _send(self, output: Output) -> None:
        send(self._producer, output)
        self.sent += 1


def _play(made: _Made, plan: CostPlan, seconds: float) -> None:
    started, first = time.monotonic(), made.batches
    while (elapsed := time.monotonic() - started) < seconds:
        due = int(elapsed * plan.rate / _BATCH)
        while made.batches - first < due:
            made.batch()
        time.sleep(0.005)


def _health(settings: Settings) -> dict[str, Any]:
    tower = settings.tower
    with urllib.request.urlopen(f"http://{tower.host}:{tower.port}/health", timeout=5) as answer:
        found: dict[str, Any] = msgspec.json.decode(answer.read())
    return found


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
