"""One contestant in one round, measured over its steady part by an outsider who counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
import psutil

from bench.speed.contestants import Contestant
from bench.speed.environments import NotInstalledError
from bench.speed.stage import Stage
from streams.clock import monotonic, pause
from streams.kafka.reading import TopicReader
from streams.processes import ChildProcess

_READ: Final = 50_000
_PAUSE_SECONDS: Final = 0.05
_START_SECONDS: Final = 90.0
_WARM_SECONDS: Final = 2.0
_WARM_SHARE: Final = 0.1
_SILENT_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 5.0


class FailedError(RuntimeError):
    """A contestant ended or came to a halt; the text is one line."""


class Figures(msgspec.Struct):
    """What was measured of one contestant. CPU seconds are those of the measured span."""

    name: str
    manifests: int
    seconds: float
    rate: float
    cpu_seconds: dict[str, float]
    us_a_manifest: dict[str, float]
    memory_mb: list[float]
    """Resident memory of the contestant's process, once a second."""


class Absent(msgspec.Struct):
    """Why a contestant has no figures."""

    name: str
    reason: str


@dataclass(frozen=True)
class Span:
    """How much is measured: until so many decisions, or so many seconds after the warm-up."""

    manifests: int
    seconds: float


def run_contestant(contestant: Contestant, stage: Stage, run: str, span: Span) -> Figures | Absent:
    """Run one contestant; what does not install or run is returned as absent."""
    try:
        started = contestant.start(stage, run)
    except NotInstalledError as error:
        return Absent(contestant.name, f"does not install: {error}")
    child = ChildProcess(started.command, stage.folder / f"{run}.log", started.environment)
    child.start()
    reader = TopicReader(stage.settings().kafka, started.topics)
    try:
        return _Watch(contestant.name, child, reader, stage.pids).measure(span)
    except FailedError as error:
        return Absent(contestant.name, str(error))
    finally:
        child.stop(_STOP_SECONDS)
        reader.close()


class _Watch:
    """Counts a contestant's decisions."""

    def __init__(
        self, name: str, child: ChildProcess, reader: TopicReader, servers: dict[str, int]
    ) -> None:
        self._name = name
        self._child = child
        self._reader = reader
        pids = {"worker": child.pid or 0, **servers}
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._seen = 0
        self._last = monotonic()

    def measure(self, span: Span) -> Figures:
        """Wait for the first decision, let the contestant warm up, and measure.

        The span ends with the last decision seen, not with the look that found no more.
        """
        while not self._look(_START_SECONDS):
            pass
        warm = monotonic() + _WARM_SECONDS
        while monotonic() < warm and self._seen < span.manifests * _WARM_SHARE:
            self._look(_SILENT_SECONDS)
        before, started, first = self._cpu(), monotonic(), self._seen
        memory: list[float] = []
        while self._seen < span.manifests and monotonic() - started < span.seconds:
            self._look(_SILENT_SECONDS)
            if monotonic() - started >= len(memory):
                memory.append(self._memory_mb())
        cpu = {name: seconds - before[name] for name, seconds in self._cpu().items()}
        count, seconds = self._seen - first, self._last - started
        each = {name: spent / count * 1e6 for name, spent in cpu.items()}
        return Figures(self._name, count, seconds, count / seconds, cpu, each, memory)

    def _look(self, patience: float) -> int:
        """Count what has come; raise `FailedError` if nothing has for too long."""
        pause(_PAUSE_SECONDS)
        found = len(self._reader.read(_READ, 0.0))
        self._seen += found
        if found:
            self._last = monotonic()
        elif not self._child.running:
            raise FailedError(f"ended with {self._child.returncode}: {self._child.log_tail()}")
        elif monotonic() - self._last > patience:
            said = self._child.log_tail() or "(nothing)"
            raise FailedError(f"no decision for {patience:g} s; its log ends: {said}")
        return found

    def _cpu(self) -> dict[str, float]:
        return {name: _cpu_seconds(process) for name, process in self._processes.items()}

    def _memory_mb(self) -> float:
        return self._processes["worker"].memory_info().rss / 1e6


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
