"""Kill leaders of three brokers under load, and count decisions: `python -m bench.leaders`.

Each of 3,000 manifests must have one decision. What a worker had open at a dead coordinator hides
later decisions until `kafka.transaction_timeout_ms`, so a busy machine may need patience.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from tests.chaos.checker import compared, read_all
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline
from tests.servers.kafka import KafkaCluster
from tests.servers.redis_server import RedisServer

_PER_LEADER: Final = 1_000
_READING_SECONDS: Final = 60.0


def main() -> None:
    """Kill, print what an outsider finds, and end with status 1 if it is not exact."""
    cluster, redis = KafkaCluster().start(), RedisServer().start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _play(cluster, redis, Path(folder))
    finally:
        redis.stop()
        cluster.stop()


def _play(cluster: KafkaCluster, redis: RedisServer, folder: Path) -> None:
    options = {
        "topics__replication": "3",
        "worker__batch_size": "100",
        "kafka__transaction_timeout_ms": "5000",
    }
    made = Pipeline(cluster, redis, folder, **options)
    try:
        for name in ("a", "b"):
            made.spawn("worker", name)
        published = _killed(cluster, made)
        made.read(made.decided, published)
        topics, brokers = made.settings.topics, cluster.bootstrap_servers
        found = compared(
            read_all(brokers, [topics.manifests], _READING_SECONDS),
            read_all(brokers, [topics.hold, topics.clear], _READING_SECONDS),
            read_all(brokers, [topics.rejected], _READING_SECONDS),
        )
    finally:
        made.stop()
    print(found)
    if not found.exact:
        raise SystemExit(1)


def _killed(cluster: KafkaCluster, made: Pipeline) -> int:
    """Kill the leader of each partition of manifests, and start it again; return how many came."""
    topic, published = made.settings.topics.manifests, 0
    values = manifests(3 * _PER_LEADER)
    for partition in (0, 1):
        published += made.publish(topic, values[published : published + _PER_LEADER])
        made.read(made.decided, published - _PER_LEADER + 200)
        leader = cluster.leader(topic, partition)
        leader.kill()
        half = values[published : published + _PER_LEADER // 2]
        published += made.publish(topic, half)
        leader.start()
    return published


if __name__ == "__main__":
    main()
