"""A wall clock that jumps while a process works, and while it waits for records."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.codec import decode_decision
from streams.processes import ChildProcess
from tests.chaos.clocks import WallClock, WallClocks
from tests.integration.conftest import PipelineMaker
from tests.integration.screened import PATIENCE, until
from tests.integration.test_worker_kill import manifests

DAY = timedelta(days=1).total_seconds()
COUNT = 500
LOOKS_SECONDS = 1.0
"""In which the watch looks at the clock four times."""

WAITING = """
import time
from confluent_kafka import Consumer
from streams.clock_watch import watch_clock

watch_clock()
consumer = Consumer({"bootstrap.servers": "127.0.0.1:9", "group.id": "x", "log_level": 0})
consumer.subscribe(["nothing"])
while True:
    consumer.consume(1, 0.2)
    print(time.time(), flush=True)
"""


def test_process_goes_on_when_its_clock_goes_forward_and_ends_when_it_goes_back(
    wall_clocks: WallClocks, tmp_path: Path
) -> None:
    clock: WallClock = wall_clocks.new("one")
    command = [sys.executable, "-c", WAITING]
    child = ChildProcess(command, tmp_path / "waiting.log", clock.environment)
    child.start()

    def tells(seconds: float) -> bool:
        said = child.log_tail(1)
        return bool(said) and abs(float(said) - time.time() - seconds) < PATIENCE

    try:
        for ahead in (0.0, DAY, 2 * DAY):
            clock.put(ahead)
            until(lambda ahead=ahead: tells(ahead))
            time.sleep(LOOKS_SECONDS)
        clock.put(0.0)
        until(lambda: not child.running)
    finally:
        child.kill()
    assert child.returncode == 1
    assert "greenlane: the wall clock went back by 172,800 s" in child.log_tail(1)


@pytest.mark.kafka
def test_worker_a_day_ahead_and_back_decides_each_manifest_once_at_the_time_of_the_broker(
    kafka_pipeline: PipelineMaker, wall_clocks: WallClocks
) -> None:
    pipeline, clock = kafka_pipeline(), wall_clocks.new("worker")
    topic = pipeline.settings.topics.manifests
    clock.put(DAY)
    worker = pipeline.spawn("worker", environment=clock.environment)
    pipeline.publish(topic, manifests(COUNT))
    ahead = pipeline.read(pipeline.decided, COUNT)
    assert all(abs(one.timestamp()[1] / 1000 - time.time()) < DAY / 2 for one in ahead)
    assert "aborted" not in worker.log_tail(50)
    clock.put(0.0)
    until(lambda: not worker.running)
    pipeline.publish(topic, manifests(COUNT))
    pipeline.revive()
    found = pipeline.read(pipeline.decided, 2 * COUNT)
    ids = {decode_decision(one.value()).decision_id for one in found}
    assert len(ids) == len(found) == 2 * COUNT
