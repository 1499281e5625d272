"""Three brokers: leaders die under load, and each manifest is decided once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from streams.kafka.topics import check_topics
from tests.chaos.checker import compared, read_all
from tests.conftest import started
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline
from tests.servers.kafka import KafkaCluster
from tests.servers.redis_server import RedisServer

PER_LEADER = 1_000
READING_SECONDS = 60.0


@pytest.fixture
def pipeline(redis_server: RedisServer, tmp_path: Path) -> Iterator[tuple[KafkaCluster, Pipeline]]:
    """Yield three brokers, and a pipeline whose topics are on all of them."""
    cluster = KafkaCluster()
    started(cluster)
    try:
        options = {
            "topics__replication": "3",
            "worker__batch_size": "100",
            # What a worker had open at a dead coordinator hides later records until then.
            "kafka__transaction_timeout_ms": "5000",
        }
        made = Pipeline(cluster, redis_server, tmp_path, **options)
        made.store_clear()
        yield cluster, made
        made.stop()
    finally:
        cluster.stop()


@pytest.mark.kafka
@pytest.mark.timeout(240)
def test_leaders_that_die_under_load_lose_and_repeat_no_decision(
    pipeline: tuple[KafkaCluster, Pipeline],
) -> None:
    cluster, made = pipeline
    topics, brokers = made.settings.topics, cluster.bootstrap_servers
    assert check_topics(AdminClient({"bootstrap.servers": brokers}), topics) == []
    for name in ("a", "b"):
        made.spawn("worker", name)
    values, published = manifests(3 * PER_LEADER), 0
    for partition in (0, 1):
        published += made.publish(topics.manifests, values[published : published + PER_LEADER])
        made.read(made.decided, published - PER_LEADER + 200)
        leader = cluster.leader(topics.manifests, partition)
        leader.kill()
        made.publish(topics.manifests, values[published : published + PER_LEADER // 2])
        published += PER_LEADER // 2
        leader.start()
    made.read(made.decided, published)
    found = compared(
        read_all(brokers, [topics.manifests], READING_SECONDS),
        read_all(brokers, [topics.hold, topics.clear], READING_SECONDS),
        read_all(brokers, [topics.rejected], READING_SECONDS),
    )
    assert found.exact
    assert found.decisions == published
