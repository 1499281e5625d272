"""Restart three workers one by one under load on Apache Kafka: `python -m bench.rolling`.

Settings are the defaults. A worker is stopped by SIGTERM, as orchestrators do; the next one comes
when it is ready again. Asked: each leaves within 5 s, and no partition pauses for more than 10 s.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from confluent_kafka import Message, Producer

from bench.results import write_results
from schemas.codec import decode_decision
from streams.processes import ChildProcess, free_port
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer
from tests.towers import simulated

_WORKERS: Final = 3
_PARTITIONS: Final = 6
_PATIENCE_SECONDS: Final = 60.0
_BETWEEN_SECONDS: Final = 2.0
_DEFAULTS: Final = {"kafka__session_timeout_ms": "45000", "kafka__heartbeat_interval_ms": "3000"}


def main() -> None:
    """Restart, print and write what was found; end with status 1 if it took too long."""
    arguments = _arguments()
    with ApacheKafka() as kafka, RedisServer() as redis, tempfile.TemporaryDirectory() as folder:
        stops, pauses = _play(kafka, redis, Path(folder), arguments.rate)
    print("seconds to leave by SIGTERM: " + ", ".join(f"{one:.2f}" for one in stops))
    print("longest pause of each partition: " + ", ".join(f"{one:.2f}" for one in pauses))
    write_results("rolling", {"stops": stops, "pauses": pauses, "rate": arguments.rate})
    if max(stops) > 5 or max(pauses) > 10:
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.rolling", description=__doc__)
    parser.add_argument("--rate", type=float, default=600.0, help="parcels a second")
    return parser.parse_args()


def _play(
    kafka: ApacheKafka, redis: RedisServer, folder: Path, rate: float
) -> tuple[list[float], list[float]]:
    """Return the seconds that stops took, and the longest pause of each partition."""
    pipeline = Pipeline(kafka, redis, folder, topics__partitions=str(_PARTITIONS), **_DEFAULTS)
    stop = Event()
    load = Thread(target=_publish, args=(pipeline, rate, stop))
    try:
        ports = [free_port() for _ in range(_WORKERS)]
        workers = [
            pipeline.spawn("worker", str(number), {"metrics.port": str(port)})
            for number, port in enumerate(ports)
        ]
        for port in ports:
            _wait_until_ready(port)
        load.start()
        time.sleep(_BETWEEN_SECONDS)
        began = time.time()
        stops = [_restarted(*one) for one in zip(workers, ports, strict=True)]
        time.sleep(_BETWEEN_SECONDS)
        stop.set()
        load.join()
        records = pipeline.read([pipeline.settings.topics.hold, pipeline.settings.topics.clear], 1)
        return stops, _pauses(records, began)
    finally:
        stop.set()
        pipeline.stop()


def _restarted(worker: ChildProcess, port: int) -> float:
    """Stop a worker, start it, wait until it is ready; return how long it took to stop."""
    began = time.monotonic()
    worker.stop()
    seconds = time.monotonic() - began
    worker.start()
    _wait_until_ready(port)
    time.sleep(_BETWEEN_SECONDS)
    return seconds


def _publish(pipeline: Pipeline, rate: float, stop: Event) -> None:
    """Publish parcels evenly over all partitions until told to stop."""
    producer = Producer({"bootstrap.servers": pipeline.bootstrap, "linger.ms": 5})
    began, topic = time.monotonic(), pipeline.settings.topics.manifests
    for number, value in enumerate(simulated(10**9)):
        if stop.is_set():
            break
        producer.produce(topic, value, partition=number % _PARTITIONS)
        producer.poll(max(0.0, began + number / rate - time.monotonic()))
    producer.flush()


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except (URLError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit(f"a worker was not ready within {_PATIENCE_SECONDS:g} s")


def _pauses(records: Iterable[Message], began: float) -> list[float]:
    """Return the longest time without a decision of each partition of manifests."""
    decided: dict[str, list[float]] = defaultdict(list)
    for record in records:
        written = record.timestamp()[1] / 1000
        if written >= began:
            decided[decode_decision(record.value()).decision_id.split(":")[1]].append(written)
    return [
        max(later - earlier for earlier, later in pairwise(times))
        for times in (sorted(decided[partition]) for partition in sorted(decided))
    ]


if __name__ == "__main__":
    main()
