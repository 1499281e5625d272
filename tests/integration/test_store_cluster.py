"""Worker and learner with a Redis Cluster as their store: profiles, models, budgets and queues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.codec import decode_decision, encode
from streams.clock import monotonic
from streams.doctor import examine
from streams.queueing import InspectionQueue
from streams.registry.opening import open_registry
from streams.store import connect
from tests.factories import make_manifests
from tests.integration.profiles import (
    assert_same_profiles,
    found_profiles,
    order_of,
    stored_orders,
)
from tests.integration.test_profiles import (
    greenlane,
    of_topics,
    outcome_of,
    rebuild,
    until_inspected,
)
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.servers.store_cluster import StoreCluster

PARCELS = 200
ORDERS = 40


@pytest.fixture
def clustered(
    apache_kafka: ApacheKafka, redis_cluster: StoreCluster, tmp_path: Path
) -> Iterator[Pipeline]:
    """A pipeline on an empty cluster, its profiles spread over all nodes."""
    pipeline = Pipeline(
        apache_kafka,
        redis_cluster,
        tmp_path,
        policy__hold_share="0.3",
        profiles__shards="6",
        topics__alerts=f"{tmp_path.name}.alerts",
        learner__snapshot_seconds="0.05",
    )
    pipeline.store_clear()
    yield pipeline
    pipeline.stop()


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.timeout(120)
def test_worker_and_learner_on_a_cluster_keep_profiles_models_budgets_and_queues_there(
    clustered: Pipeline,
) -> None:
    topics, store = clustered.settings.topics, connect(clustered.settings.store)
    parcels = make_manifests(PARCELS, seed=12)
    values = [encode(one) for one in parcels]
    ordered = [encode(one) for one in parcels if one.order_id][:ORDERS]
    clustered.publish(topics.orders, map(order_of, ordered))
    clustered.publish(topics.manifests, values)
    children = [clustered.spawn("worker"), clustered.spawn("learner")]
    held = [
        decode_decision(one.value())
        for one in of_topics(clustered.read(clustered.decided, PARCELS), topics.hold)
    ]
    clustered.publish(topics.outcomes, map(outcome_of, held))
    original = until_inspected(clustered, len(held))
    assert not any(one.degraded for one in held)
    findings = {finding.subject: finding for finding in examine(clustered.settings)}
    assert all(findings[subject].well for subject in ("store", "model", "profiles")), findings
    for child in children:
        child.stop()

    registry = open_registry(clustered.settings)
    snapshot = registry.in_force()
    assert snapshot is not None
    assert registry.load(snapshot).labels == snapshot.labels > 0
    hours = clustered.settings.policy.queue_hours
    waiting = InspectionQueue(store, monotonic, hours).waiting()
    assert waiting.keys() == {one.office_of_entry for one in held}
    assert not any(waiting.values())
    assert list(store.scan_iter(match="greenlane:budget:*"))
    assert len(stored_orders(clustered.settings)) == ORDERS
    assert sum(one.total for (kind, _), one in original.items() if kind == 0) == PARCELS
    assert f"from {PARCELS} manifests, {ORDERS} orders, {len(held)} outcomes" in rebuild(clustered)
    assert_same_profiles(found_profiles(clustered.settings), original)
    seller = f"{parcels[0].platform_id}|{parcels[0].seller_id}"
    status, said, _ = greenlane(clustered, "profiles", "show", "seller", seller)
    assert status == 0
    assert said.startswith("parcels ")
