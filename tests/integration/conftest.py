"""Pipelines on real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.clocks import WallClocks
from tests.conftest import in_ci
from tests.javascript import packages
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer
from tests.servers.restarting import ServerUnavailable

PipelineMaker = Callable[..., Pipeline]


@pytest.fixture
def kafka_pipeline(
    apache_kafka: ApacheKafka, redis_server: RedisServer, tmp_path: Path
) -> Iterator[PipelineMaker]:
    """Return a function that makes a pipeline on Apache Kafka and Redis."""
    made: list[Pipeline] = []

    def make(**settings: str) -> Pipeline:
        made.append(Pipeline(apache_kafka, redis_server, tmp_path, **settings))
        return made[-1]

    yield make
    for pipeline in made:
        pipeline.stop()


@pytest.fixture
def wall_clocks(tmp_path: Path) -> WallClocks:
    """Clocks for processes; a machine that has no C compiler skips what needs them."""
    try:
        return WallClocks(tmp_path)
    except ServerUnavailable as reason:
        (pytest.fail if in_ci() else pytest.skip)(str(reason))


@pytest.fixture(scope="session")
def node_packages() -> None:
    """What npm brings; a machine that has no Node.js skips what needs it."""
    try:
        packages.file_of("", "")
    except packages.NoJavaScriptError as reason:
        (pytest.fail if in_ci() else pytest.skip)(str(reason))
