"""Half an hour at half speed, and whether anything grows: `python -m bench.soak --minutes 30`.

Worker (with rules, lists, orders and profiles), learner and tower on Apache Kafka and Redis. A
simulated day takes a minute, and profiles and orders are kept for a day or two, so that what the
store forgets is part of it. Every ten seconds memory, open files and threads of all processes, the
store's data and the broker's disk are noted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Final

from redis import Redis

from bench.results import write_results
from bench.servers import TunedKafka, warm
from bench.soak.sampling import Progress, Sample, of_disk, of_processes, of_store, trends
from bench.speed.policies import write_policies
from streams.processes import ChildProcess
from streams.settings import environment_of
from tests.pipeline import Pipeline
from tests.servers.redis_server import RedisServer
from tests.towers import simulated

_PARTITIONS: Final = 4
_LIKE: Final = 20_000
_A_MINUTE_IN_DAYS: Final = 1 / 1_440
_SETTINGS: Final = {
    "topics__partitions": str(_PARTITIONS),
    "kafka__session_timeout_ms": "45000",
    "kafka__heartbeat_interval_ms": "3000",
    "kafka__fetch_wait_max_ms": "50",
    "profiles__days": "1",
    "profiles__order_days": "1",
    "learner__outcome_wait_days": str(2 * _A_MINUTE_IN_DAYS),
    "tower__wait_days": str(2 * _A_MINUTE_IN_DAYS),
}


class BoundedKafka(TunedKafka):
    """Apache Kafka that keeps 256 MB of each partition; time does not count, as it is simulated."""

    settings: ClassVar[Mapping[str, object]] = {
        "log.retention.ms": -1,
        "log.retention.bytes": 256 * 1024**2,
        "log.segment.bytes": 32 * 1024**2,
        "log.retention.check.interval.ms": 5_000,
    }


def main() -> None:
    """Run, print a line for each figure, and write all samples."""
    options = _options()
    warm()
    with BoundedKafka() as kafka, RedisServer() as redis, tempfile.TemporaryDirectory() as folder:
        seconds, samples = _run(kafka, redis, Path(folder), options)
    found = trends(seconds, samples)
    print(f"{'':<26}{'first third':>12}{'last third':>12}{'highest':>12}{'an hour':>12}")
    print("\n".join(map(str, found)))
    done = samples[-1]["manifests"]
    print(f"{done:,.0f} manifests in {seconds[-1]:,.0f} s: {done / seconds[-1]:,.0f}/s")
    results: dict[str, Any] = {"rate": options.rate, "seconds": seconds, "samples": samples}
    print(f"written: {write_results('soak', {**results, 'trends': list(map(vars, found))})}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=9_000.0, help="manifests a second")
    parser.add_argument("--day", type=float, default=60.0, help="seconds of a simulated day")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between samples")
    parser.add_argument("--logs", type=Path, help="a folder that keeps the processes' logs")
    return parser.parse_args()


def _run(
    kafka: BoundedKafka, redis: RedisServer, folder: Path, options: argparse.Namespace
) -> tuple[list[float], list[Sample]]:
    """Return the moments of the samples, in seconds since the beginning, and the samples."""
    logs = options.logs or folder
    logs.mkdir(parents=True, exist_ok=True)
    policies = write_policies(folder / "policy", list(islice(simulated(_LIKE), _LIKE)))
    pipeline = Pipeline(kafka, redis, logs, **_SETTINGS, **policies)
    try:
        children = {name: pipeline.spawn(name) for name in ("worker", "learner", "tower")}
        sender = _sender(pipeline, logs, options)
        pids = {name: child.pid or 0 for name, child in children.items()}
        pids |= {"store": redis.pid or 0, "broker": kafka.pid or 0}
        return _sampled(pipeline, kafka, redis, pids, sender, options.every)
    finally:
        pipeline.stop()


def _sender(pipeline: Pipeline, logs: Path, options: argparse.Namespace) -> ChildProcess:
    arguments = [str(one) for one in (options.rate, options.day, options.minutes * 60)]
    command = [sys.executable, "-m", "bench.soak.sending", *arguments]
    sender = ChildProcess(command, logs / "sender.log", environment_of(pipeline.overrides))
    pipeline.children.append(sender)
    sender.start()
    return sender


def _sampled(
    pipeline: Pipeline,
    kafka: BoundedKafka,
    redis: RedisServer,
    pids: dict[str, int],
    sender: ChildProcess,
    every: float,
) -> tuple[list[float], list[Sample]]:
    topic, group = pipeline.settings.topics.manifests, pipeline.settings.worker.group
    progress = Progress(pipeline.bootstrap, topic, group, _PARTITIONS)
    client = Redis.from_url(redis.url)
    began, seconds, samples = time.monotonic(), list[float](), list[Sample]()
    while sender.running:
        time.sleep(every)
        for name, child in zip(("worker", "learner", "tower"), pipeline.children, strict=False):
            if not child.running:
                raise SystemExit(f"the {name} left: {child.log_tail()}")
        disk = of_disk(kafka.directory)
        seconds.append(time.monotonic() - began)
        samples.append({**progress.sample(), **of_processes(pids), **of_store(client), **disk})
        shown = ("manifests", "waiting", "worker, MB", "data in the store, MB")
        figures = " ".join(f"{name}={samples[-1].get(name, 0):,.0f}" for name in shown)
        print(f"{seconds[-1]:.0f} s {figures}", flush=True)
    progress.close()
    return seconds, samples


if __name__ == "__main__":
    main()
