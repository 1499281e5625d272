"""Parcels found again in the log: held or cleared, with the features that they were scored by."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from schemas.codec import decode_decision
from schemas.decision import Decision
from streams.profiles.stretches import StretchReader
from streams.replay.past import PastParcels
from tests.integration.conftest import PipelineMaker
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline

COUNT = 1_500


def screened(pipeline: Pipeline, before: int = 0) -> list[Decision]:
    """Screen more parcels with a real worker than `before`; return all decisions."""
    pipeline.publish(pipeline.settings.topics.manifests, [*manifests(COUNT), b"{"])
    worker = pipeline.spawn("worker")
    topics = [pipeline.settings.topics.hold, pipeline.settings.topics.clear]
    records = pipeline.read(topics, before + COUNT)
    worker.stop()
    return [decode_decision(record.value()) for record in records]


def ids_of(decisions: Sequence[Decision], action: str) -> list[str]:
    return [one.decision_id for one in decisions if one.action == action]


@pytest.mark.kafka
def test_ask_for_past_parcels_finds_held_and_cleared_ones_and_no_others(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline()
    pipeline.store_clear()
    decisions = screened(pipeline)
    held, cleared = ids_of(decisions, "hold"), ids_of(decisions, "clear")[::7]
    topic = pipeline.settings.topics.manifests
    unknown = [f"{topic}:0:99999999", f"{topic}:7:1", "another:0:1", "no id", ":0:1"]
    past = PastParcels(pipeline.settings)
    features = past.past_features([*held, *cleared, *unknown])
    assert {one for one, row in features.items() if row is None} == set(unknown)
    found = past.found([*held, *cleared])
    assert all(one.history_known for one in found.values())
    before = [features[one] for one in cleared]
    assert max(row["profiles.consignee_count_7d"] for row in before if row) > 0
    assert all(row["entities"] for row in before if row)


@pytest.mark.kafka
def test_features_made_again_of_held_parcels_are_those_of_their_decisions(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(policy__hold_share="0.3")
    pipeline.store_clear()
    held = [one for one in screened(pipeline) if one.action == "hold"]
    again = PastParcels(pipeline.settings).made_again([one.decision_id for one in held])
    assert len(held) > COUNT // 10
    for one in held:
        assert again[one.decision_id] == one.features, one.decision_id


@pytest.mark.kafka
def test_look_through_few_records_finds_what_is_in_them(kafka_pipeline: PipelineMaker) -> None:
    pipeline = kafka_pipeline(topics__partitions="1")
    cleared = ids_of(screened(pipeline), "clear")
    few = PastParcels(pipeline.settings, most_records=10).past_features(cleared)
    found = [one for one, row in few.items() if row is not None]
    assert 0 < len(found) <= 10


@pytest.mark.kafka
def test_ask_for_past_parcels_commits_nothing(kafka_pipeline: PipelineMaker) -> None:
    pipeline = kafka_pipeline(topics__partitions="1")
    cleared = ids_of(screened(pipeline), "clear")
    PastParcels(pipeline.settings).past_features(cleared[:3])
    reader = StretchReader(pipeline.settings.kafka, "greenlane-past")
    sources = reader.partitions(pipeline.settings.topics.manifests)
    assert reader.committed(sources) == {}
    reader.close()
