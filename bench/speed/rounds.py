"""One round: a topic full of manifests, a worker, and an outsider who counts the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import msgspec
import psutil

from streams.kafka.clients import plain_producer
from streams.kafka.producing import Output
from streams.kafka.reading import TopicReader
from streams.publishing import Publisher
from streams.session import EmbeddedSession

_SETTINGS = {"topics.partitions": "4", "policy.lottery_key": "bench"}
_READ = 20_000


class Round(msgspec.Struct):
    """What one round measured. CPU seconds are of the measured span."""

    manifests: int
    seconds: float
    rate: float
    cpu_seconds: dict[str, float]
    worker_memory_mb: float


def run_round(values: Sequence[bytes]) -> Round:
    """Screen `values` once, from the first decision seen to the last."""
    with EmbeddedSession(_SETTINGS) as session:
        topics = session.settings.topics
        publisher = Publisher(plain_producer(session.settings.kafka))
        publisher.publish(Output(topics.manifests, None, value) for value in values)
        reader = TopicReader(session.settings.kafka, [topics.hold, topics.clear, topics.rejected])
        processes = {
            "worker": psutil.Process(session.spawn("worker").pid),
            "learner": psutil.Process(session.spawn("learner").pid),
            **{name: psutil.Process(pid) for name, pid in session.server_pids().items()},
        }
        first = _read_first(session, reader)
        before = {name: _cpu(process) for name, process in processes.items()}
        started = monotonic()
        seen = first
        while seen < len(values):
            seen += len(reader.read(_READ, 0.2))
            session.check()
        seconds = monotonic() - started
        memory = processes["worker"].memory_info().rss / 1e6
        cpu = {name: _cpu(process) - before[name] for name, process in processes.items()}
        reader.close()
    manifests = len(values) - first
    return Round(manifests, seconds, manifests / seconds, cpu, memory)


def _read_first(session: EmbeddedSession, reader: TopicReader) -> int:
    """Wait for the first decisions, when the worker has started and joined its group."""
    while not (seen := len(reader.read(1, 0.2))):
        session.check()
    return seen


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
