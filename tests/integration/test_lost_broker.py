"""Three brokers, replication 3, two in sync: one after the other is lost under load."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from streams.kafka.reading import TopicReader
from tests.chaos.checker import compared, read_all
from tests.conftest import started
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline
from tests.servers.kafka import KafkaCluster
from tests.servers.redis_server import RedisServer

PATIENCE_SECONDS = 120.0
PER_LOSS = 600
BEFORE = 100
SETTINGS = {
    "topics__replication": "3",
    "worker__batch_size": "50",
    # A worker that waits for a coordinator in vain leaves after this and two seconds.
    "kafka__transaction_timeout_ms": "6000",
}


@pytest.fixture
def cluster() -> Iterator[KafkaCluster]:
    """Yield three brokers."""
    made = started(KafkaCluster())
    yield made
    made.stop()


class Counted:
    """Two workers that a supervisor starts again, and how many decisions there are."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.published = self._decided = 0
        self._values = iter(manifests(2 * PER_LOSS))
        self._reader = TopicReader(pipeline.settings.kafka, pipeline.decided)
        for name in ("a", "b"):
            pipeline.spawn("worker", name)

    def publish(self, count: int) -> None:
        """Publish some more manifests."""
        values = [next(self._values) for _ in range(count)]
        topic = self.pipeline.settings.topics.manifests
        self.published += self.pipeline.publish(topic, values)

    def until(self, least: int) -> None:
        """Wait for decisions, as long as there are more of them."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._decided < least:
            self.pipeline.revive()
            if found := len(self._reader.read(1_000, 0.1)):
                self._decided += found
                deadline = time.monotonic() + PATIENCE_SECONDS
            assert time.monotonic() < deadline, f"{self._decided} of {least} manifests are decided"

    def close(self) -> None:
        """Stop the workers."""
        self._reader.close()
        self.pipeline.stop()


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.timeout(420)
def test_lose_brokers_under_load_decides_each_manifest_once(
    cluster: KafkaCluster, redis_server: RedisServer, tmp_path: Path
) -> None:
    pipeline = Pipeline(cluster, redis_server, tmp_path, **SETTINGS)
    topics, group = pipeline.settings.topics, pipeline.settings.worker.group
    with closing(Counted(pipeline)) as counted:
        for find in (lambda: cluster.coordinator(group), lambda: cluster.leader(topics.manifests)):
            counted.publish(PER_LOSS // 2)
            counted.until(counted.published - PER_LOSS // 2 + BEFORE)
            lost = find()
            lost.kill()
            counted.publish(PER_LOSS // 2)
            counted.until(counted.published)
            lost.start()
        seen = [
            read_all(cluster.bootstrap_servers, names, PATIENCE_SECONDS)
            for names in ([topics.manifests], [topics.hold, topics.clear], [topics.rejected])
        ]
        found = compared(*seen)
    assert found.exact, found
    assert found.manifests == 2 * PER_LOSS
