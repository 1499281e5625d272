"""Mutated manifests, orders and outcomes through a worker and a learner that must not notice."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

import psutil
from confluent_kafka import Producer

from bench.fuzz.answers import Answers, Reader
from bench.speed.recording import recorded_manifests
from schemas import order, outcome
from schemas.codec import RecordError, decode_order, decode_outcome
from streams.processes import ChildProcess
from tests.hostile import corpus
from tests.pipeline import Pipeline
from tests.reshaped import hostile_headers, hostile_record

_LOT: Final = 5_000
_BEHIND: Final = 40_000
"""Records in the log and not answered before the next lot is produced."""

_PATIENCE_SECONDS: Final = 120.0
_QUIET_SECONDS: Final = 3.0
_ORDER_SHARE: Final = 0.05
_LARGEST: Final = 5_000
_MEGABYTE: Final = 1_000_000
_QUARTERS: Final = 4


@dataclass
class Watched:
    """A process that must stay the same one, and what memory it had in each quarter of the run."""

    process: ChildProcess
    log: Path
    pid: int | None = None
    peaks: list[int] = field(default_factory=lambda: [0] * _QUARTERS)

    def look(self, share: float) -> None:
        """Note its memory; raise if it has ended."""
        self.pid = self.pid or self.process.pid
        if not self.process.running or self.process.pid != self.pid:
            raise RuntimeError(f"{self.log.name} ended: {self.process.log_tail()}")
        quarter = min(int(share * _QUARTERS), _QUARTERS - 1)
        used = psutil.Process(self.pid).memory_info().rss // _MEGABYTE
        self.peaks[quarter] = max(self.peaks[quarter], used)

    def __str__(self) -> str:
        return f"{self.log.stem} of {'/'.join(map(str, self.peaks))} MB"


class Trial:
    """Sends hostile records and counts their answers."""

    def __init__(self, pipeline: Pipeline, folder: Path, seed: int) -> None:
        self._pipeline = pipeline
        self._rng = random.Random(seed)
        self._manifests = [value for value in corpus() if len(value) < _LARGEST]
        self._manifests += recorded_manifests(2 * len(self._manifests), seed)
        self._client = {"bootstrap.servers": pipeline.bootstrap}
        self.answers = Answers()
        self.watched = [
            Watched(pipeline.spawn(name), folder / f"{name}-0.log")
            for name in ("worker", "learner")
        ]

    def run(self, records: int) -> None:
        """Send so many records in all, and wait for what is to come of them."""
        topics, started = self._pipeline.settings.topics, monotonic()
        large = {"message.max.bytes": 20_000_000, "compression.type": "zstd"}
        producer = Producer({**self._client, **large, "linger.ms": 20})
        decided = (topics.hold, topics.clear)
        with closing(Reader(self._client, decided, topics.rejected)) as reader:
            while self.answers.sent < records:
                if self.answers.open < _BEHIND:
                    self._produce(producer, min(_LOT, records - self.answers.sent))
                share = self.answers.sent / records
                self._read(reader, producer, share)
                self._tell(share, started)
            self._drain(reader, producer)

    def tracebacks(self) -> list[str]:
        """Return the logs that have one."""
        return [one.log.name for one in self.watched if "Traceback" in one.log.read_text()]

    def _produce(self, producer: Producer, count: int) -> None:
        topics, rng = self._pipeline.settings.topics, self._rng
        for _ in range(count):
            if rng.random() < _ORDER_SHARE:
                value = hostile_record(rng, [order.EXAMPLE])
                self._send(producer, topics.orders, value, _rejects(decode_order, value))
            else:
                self._send(producer, topics.manifests, hostile_record(rng, self._manifests), 1)
        producer.flush()

    def _send(self, producer: Producer, topic: str, value: bytes, answers: int) -> None:
        rng, told = self._rng, self.answers.due(answers)
        key = rng.choice((None, b"", b"\xff\x00", str(rng.random())))
        producer.produce(topic, value, key, headers=hostile_headers(rng), on_delivery=told)
        producer.poll(0)

    def _read(self, reader: Reader, producer: Producer, share: float) -> None:
        """Count the answers at hand, and send an outcome for each parcel that is held."""
        for decision in reader.read(self.answers, 0.2):
            if decision["action"] == "hold":
                value = self._outcome(decision)
                topic = self._pipeline.settings.topics.outcomes
                self._send(producer, topic, value, _rejects(decode_outcome, value))
        for one in self.watched:
            one.look(share)

    def _outcome(self, decision: dict[str, Any]) -> bytes:
        good = outcome.EXAMPLE.replace(
            decode_outcome(outcome.EXAMPLE).decision_id.encode(), decision["decision_id"].encode()
        )
        return hostile_record(self._rng, [good]) if self._rng.random() < 0.5 else good

    def _drain(self, reader: Reader, producer: Producer) -> None:
        """Wait until all is answered, and a little longer for what comes twice."""
        producer.flush()
        deadline = monotonic() + _PATIENCE_SECONDS
        while self.answers.open > 0 and monotonic() < deadline:
            before = self.answers.open
            self._read(reader, producer, 1.0)
            producer.flush()
            if self.answers.open < before:
                deadline = monotonic() + _PATIENCE_SECONDS
        until = monotonic() + _QUIET_SECONDS
        while monotonic() < until:
            self._read(reader, producer, 1.0)

    def _tell(self, share: float, started: float) -> None:
        rate = self.answers.sent / (monotonic() - started)
        watched = ", ".join(map(str, self.watched))
        print(f"{share:.0%}: {self.answers.sent:,} records, {rate:,.0f}/s; {watched}", flush=True)


def _rejects(decode: Callable[[bytes], object], value: bytes) -> int:
    """Return how many answers a record has that is answered only if it cannot be read."""
    try:
        decode(value)
    except RecordError:
        return 1
    return 0
