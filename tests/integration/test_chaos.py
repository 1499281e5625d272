"""Faults under load on Apache Kafka and Redis: the short form of `make chaos`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.chaos.__main__ import mixed
from streams.embedded import LocalServer
from tests.chaos.storm import Storm
from tests.integration.stations import DistantRedis
from tests.servers.kafka import ApacheKafka

ONE_ROUND = 0.0
RATE = 400
FAULTS = (
    "kill_worker",
    "cut_network",
    "wake_zombie",
    "restart_store",
    "kill_learner",
    "kill_tower",
)


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.timeout(240)
def test_run_under_faults_answers_each_manifest_once_and_counts_it_once(
    apache_kafka: ApacheKafka,
    start_server: Callable[[LocalServer], LocalServer],
    tmp_path: Path,
) -> None:
    redis = DistantRedis()
    start_server(redis)
    with closing(Storm(apache_kafka, redis, tmp_path, seed=2)) as storm:
        storm.run(mixed(seed=2), RATE, ONE_ROUND, FAULTS)
        found = storm.found()
    assert found.exact, found
    assert found.answers.rejects > 0
    assert found.labels > 0
    assert found.faults == Counter(FAULTS)
    assert storm.tracebacks() == []
