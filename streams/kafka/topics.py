"""Topics: which there are, creating them, and checking that they are as they should be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from streams.kafka.clients import MAX_MESSAGE_BYTES, MAX_REJECT_BYTES
from streams.settings import TopicSettings

_TIMEOUT_SECONDS: Final = 6.0
_FOREVER: Final = {"retention.ms": "-1"}
_NEWEST: Final = {"cleanup.policy": "compact"}

BY_BROKER: Final = {"message.timestamp.type": "LogAppendTime"}
"""Records carry the time of the broker's clock, whatever that of who writes them says. By default a
broker refuses those of a clock that is an hour ahead."""


@dataclass(frozen=True)
class TopicPlan:
    """A topic as it should be."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


def planned_topics(topics: TopicSettings) -> list[TopicPlan]:
    """Return all topics of Greenlane.

    Manifests may be as large as rejected ones, so that an oversized record is answered with a
    reject that its sender can read. The training log has one partition, its order is the order
    of learning, and it is kept: every model is a fold of it. Manifests and orders carry the time
    that platforms give them, all else the broker's.
    """
    many = topics.partitions
    safe = _acknowledged_by(topics.replication)
    plans = [
        TopicPlan(topics.manifests, many, _at_most(MAX_MESSAGE_BYTES)),
        TopicPlan(topics.orders, many),
        TopicPlan(topics.hold, many),
        TopicPlan(topics.clear, many),
        TopicPlan(topics.rejected, many, _at_most(MAX_REJECT_BYTES)),
        TopicPlan(topics.outcomes, many),
        TopicPlan(topics.training, 1, _FOREVER),
        TopicPlan(topics.alerts, many),
        TopicPlan(topics.lane_stats, many),
        TopicPlan(topics.held_stats, many),
        TopicPlan(topics.ioss_deltas, many, _FOREVER),
        TopicPlan(topics.ioss_ledger, many, _NEWEST),
        TopicPlan(topics.clearance, many),
    ]
    given = (topics.manifests, topics.orders)
    return [
        replace(plan, config={**plan.config, **safe, **({} if plan.name in given else BY_BROKER)})
        for plan in plans
    ]


def _acknowledged_by(replication: int) -> dict[str, str]:
    """Most replicas must have a record before it counts as written; of two, one is enough."""
    return {"min.insync.replicas": str(replication // 2 + 1)} if replication > 2 else {}


def _at_most(size: int) -> dict[str, str]:
    return {"max.message.bytes": str(size)}


def create_topics(admin: AdminClient, topics: TopicSettings) -> list[str]:
    """Create the topics that are missing and return their names."""
    new = [
        NewTopic(plan.name, plan.partitions, topics.replication, config=plan.config)
        for plan in planned_topics(topics)
    ]
    created = []
    futures = admin.create_topics(new, operation_timeout=_TIMEOUT_SECONDS)
    for name, future in futures.items():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
        else:
            created.append(name)
    return created


def check_topics(admin: AdminClient, topics: TopicSettings) -> list[str]:
    """Return what is wrong with the topics, a line each; nothing if all is well."""
    existing = admin.list_topics(timeout=_TIMEOUT_SECONDS).topics
    problems = []
    for plan in planned_topics(topics):
        if plan.name not in existing:
            problems.append(f"{plan.name}: missing; run `greenlane topics create`")
            continue
        partitions = len(existing[plan.name].partitions)
        if partitions != plan.partitions:
            problems.append(f"{plan.name}: expected {plan.partitions} partitions, got {partitions}")
        problems += _config_problems(admin, plan)
    return problems


def _config_problems(admin: AdminClient, plan: TopicPlan) -> list[str]:
    resource = ConfigResource(ResourceType.TOPIC, plan.name)
    entries = admin.describe_configs([resource])[resource].result(_TIMEOUT_SECONDS)
    problems = []
    for name, expected in plan.config.items():
        got = entries[name].value if name in entries else "the broker's default"
        if got != expected:
            problems.append(f"{plan.name}: expected {name}={expected}, got {got}")
    return problems
