"""How far the groups are that read our topics."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Final, NamedTuple

from confluent_kafka import KafkaException, TopicPartition

from streams.findings import Finding
from streams.kafka.asking import answered
from streams.kafka.clients import reading_consumer
from streams.settings import Settings

_CALL_SECONDS: Final = 5.0
_MUCH: Final = 100_000
"""Records that no loop leaves waiting in good times: a few seconds of full load."""


class Step(NamedTuple):
    """A process's loop: its group, and what it reads."""

    name: str
    group: str
    topics: Sequence[str]


def read_by(settings: Settings) -> list[Step]:
    """Return the loops that commit what they have read."""
    topics, tower = settings.topics, settings.tower.group
    return [
        Step("worker", settings.worker.group, [topics.manifests]),
        Step("learner", settings.learner.group, [topics.hold, topics.outcomes]),
        Step("tower join", f"{tower}-join", [topics.hold, topics.outcomes, topics.clearance]),
        Step("tower", tower, [topics.lane_stats, topics.held_stats, topics.ioss_deltas]),
    ]


def examine_lag(settings: Settings, step: Step) -> Finding:
    """Say how many records wait for a loop; what was never read is no fault but worth knowing."""
    try:
        waiting, begun = answered(partial(_waiting, settings, step), _CALL_SECONDS)
    except KafkaException as error:
        advice = "may this user describe the group?"
        return Finding(step.name, False, error.args[0].str(), advice)
    if not begun:
        state = f"group {step.group} has committed nothing yet, {waiting:,} records wait"
        return Finding(step.name, True, state, f"greenlane {step.name.split()[0]}")
    state = f"{waiting:,} records wait"
    advice = "see docs/runbook.md, LagGrows" if waiting > _MUCH else ""
    return Finding(step.name, not advice, state, advice)


def _waiting(settings: Settings, step: Step) -> tuple[int, bool]:
    """Return how many records are not committed, markers included, and whether any is."""
    with closing(reading_consumer(settings.kafka, step.group)) as consumer:
        found = consumer.list_topics(timeout=_CALL_SECONDS).topics
        places = [
            TopicPartition(name, one) for name in step.topics for one in found[name].partitions
        ]
        committed = consumer.committed(places, _CALL_SECONDS)
        ends = [consumer.get_watermark_offsets(one, _CALL_SECONDS) for one in places]
    pairs = zip(committed, ends, strict=True)
    waiting = sum(max(high - max(one.offset, low), 0) for one, (low, high) in pairs)
    return waiting, any(one.offset >= 0 for one in committed)
