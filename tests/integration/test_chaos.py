"""Faults under load on Apache Kafka and Redis: the short form of `make chaos`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.chaos.__main__ import mixed
from streams.embedded import LocalServer
from tests.chaos.clocks import WallClocks
from tests.chaos.plan import Plan
from tests.chaos.storm import Storm
from tests.servers.distant import DistantKafka, DistantRedis

RATE = 400
FAULTS = (
    "kill_worker",
    "isolate",
    "jump_clock",
    "wake_zombie",
    "restart_store",
    "kill_learner",
    "kill_tower",
)


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.timeout(240)
def test_run_under_faults_answers_each_manifest_once_and_counts_it_once(
    apache_kafka: DistantKafka,
    start_server: Callable[[LocalServer], LocalServer],
    wall_clocks: WallClocks,
    tmp_path: Path,
) -> None:
    redis = DistantRedis()
    start_server(redis)
    plan = Plan(seed=2, rate=RATE, faults=FAULTS)
    with closing(Storm(apache_kafka, redis, wall_clocks, tmp_path, plan)) as storm:
        storm.run(mixed(plan.seed))
        found = storm.found()
    assert found.exact, found
    assert found.answers.rejects > 0
    assert found.labels > 0
    assert found.faults == Counter(FAULTS)
    assert storm.tracebacks() == []
