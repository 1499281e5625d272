"""What the tower costs while parcels are screened: processor time of its process, by the second."""

from __future__ import annotations

import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
from confluent_kafka import Consumer, Producer, TopicPartition

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
_WARM_UP = 3
_PATIENCE_SECONDS = 60.0
_TABLES = 10


@dataclass(frozen=True)
class CostPlan:
    """Parcels a second, and for how many seconds they are counted."""

    rate: int = 40_000
    seconds: float = 20.0


def cost(plan: CostPlan) -> dict[str, Any]:
    """Return the share of a core that the tower uses: its processor time by second of the stream.

    A second of traffic is sent when the tower is done with the one before it and that second is
    over, so a busy machine makes it slower and not cheaper.
    """
    broker, store = servers("kafka")
    with broker, store, tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(broker, store, Path(folder), topics__partitions="6")
        try:
            made = _Made(pipeline.settings, plan.rate)
            tower = pipeline.spawn("tower")
            assert tower.pid is not None
            process = psutil.Process(tower.pid)
            _until(lambda: _is_at(pipeline.settings, None))
            for _ in range(_WARM_UP):
                _second(made, pipeline.settings)
            _until(lambda: _joined(pipeline.settings))
            before, started = _spent(process), time.monotonic()
            for _ in range(int(plan.seconds)):
                _second(made, pipeline.settings)
            _until(lambda: _joined(pipeline.settings))
            spent, elapsed = _spent(process) - before, time.monotonic() - started
            memory = process.memory_info().rss / 1e6
        finally:
            pipeline.stop()
    return {
        "parcels_a_second": plan.rate,
        "stream_seconds": int(plan.seconds),
        "elapsed_seconds": round(elapsed, 1),
        "share_of_a_core": round(spent / int(plan.seconds), 3),
        "records_a_second": round(made.sent / (_WARM_UP + plan.seconds)),
        "holds_a_second": round(made.held / (_WARM_UP + plan.seconds)),
        "memory_mb": round(memory, 1),
    }


class _Made:
    """What workers and customs would write, second after second."""

    def __init__(self, settings: Settings, rate: int) -> None:
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
            decisions = screener.decide(table, at, np.full(_BATCH, time.time())).records()
            screener.commit()
            self._holds.append([one for one in decisions if one.action == "hold"])
        self._inspector = Inspector()
        self._batches_a_second = rate // _BATCH
        self.now = int(time.time())
        self.batches = self.sent = self.held = 0

    def second(self) -> None:
        """Send what the parcels of one more second give rise to."""
        self.now += 1
        for _ in range(self._batches_a_second):
            self._batch()
        self._producer.flush()

    def _batch(self) -> None:
        place = self.batches % _TABLES
        self.batches += 1
        logged = np.full(_BATCH, self.now, dtype=np.int64)
        for output in self._aggregates.of(self._tables[place], logged):
            self._send(output)
        for hold in self._holds[place]:
            self._hold(hold)
        self._producer.poll(0)

    def _hold(self, hold: Decision) -> None:
        self.held += 1
        name = f"{hold.item_id[:20]}-{self.held}"
        now = datetime.now(UTC)
        features = {**(hold.features or {}), "consignee.street": f"{self.held} Main Street"}
        held = msgspec.structs.replace(
            hold,
            decision_id=f"bench:0:{self.held * 33}",
            item_id=name,
            submitted_at=now,
            features=features,
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


def _second(made: _Made, settings: Settings) -> None:
    """Send a second of traffic, and wait until it is over and the tower has it."""
    started = time.monotonic()
    made.second()
    # Not asked before, since to answer costs the tower something too.
    time.sleep(max(0.0, 1.0 - (time.monotonic() - started)))
    _until(lambda: _is_at(settings, made.now))


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("the tower makes no progress")
        time.sleep(0.3)


def _is_at(settings: Settings, second: int | None) -> bool:
    """Whether the tower has its tables, and has come to a second of the stream."""
    address = f"http://{settings.tower.host}:{settings.tower.port}/health"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            health = msgspec.json.decode(answer.read())
    except OSError:
        return False
    if second is None:
        return bool(health["partitions"])
    return (health["latest_second"] or 0) >= second


def _joined(settings: Settings) -> bool:
    """Whether the join step has read all holds, outcomes and events; asks the broker only."""
    topics = settings.topics
    options = {"bootstrap.servers": settings.kafka.bootstrap_servers}
    group = {"group.id": f"{settings.tower.group}-join"}
    with closing(Consumer({**options, **group})) as consumer:
        places = [
            TopicPartition(topic, partition)
            for topic in (topics.hold, topics.outcomes, topics.clearance)
            for partition in range(topics.partitions)
        ]
        return all(
            consumer.get_watermark_offsets(place, 10)[1] <= max(place.offset, 0)
            for place in consumer.committed(places, 10)
        )


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
