"""Past decisions made again from the log, by the versions of their time."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from streams.explaining.command import explained
from streams.explaining.wording import report_of
from streams.policy_commands.printing import Table
from streams.replay.past import PastParcels
from tests.integration.conftest import PipelineMaker
from tests.integration.test_learner import outcome_of
from tests.integration.test_past_parcels import COUNT, screened
from tests.pipeline import Pipeline

SOME = 60


def taught(pipeline: Pipeline) -> int:
    """Screen, learn from outcomes and screen again; return the labels learnt."""
    topics = pipeline.settings.topics
    held = [one for one in screened(pipeline) if one.action == "hold"]
    learner = pipeline.spawn("learner")
    pipeline.publish(topics.outcomes, map(outcome_of, held))
    pipeline.read([topics.training], len(held))
    learner.stop()
    return len(held)


@pytest.mark.kafka
@pytest.mark.parametrize("flushed", [False, True], ids=["model in the store", "model folded again"])
def test_explain_decisions_of_a_taught_model_matches_bit_for_bit(
    kafka_pipeline: PipelineMaker, flushed: bool
) -> None:
    pipeline = kafka_pipeline(policy__hold_share="0.1", model__bits="18")
    pipeline.store_clear()
    labels = taught(pipeline)
    later = [one for one in screened(pipeline, COUNT) if one.model_version == labels]
    if flushed:
        pipeline.store_clear()
    for action in ("hold", "clear"):
        ids = [one.decision_id for one in later if one.action == action][:SOME]
        assert ids
        for past in PastParcels(pipeline.settings).found(ids).values():
            explanation = explained(past, pipeline.settings)
            assert {one.field: one.verdict for one in explanation.checks} == {
                one.field: "not rebuilt"
                if one.field == "features" and action == "clear"
                else "same"
                for one in explanation.checks
            }, report_of("", explanation).parts
            assert explanation.missing == {}
            if flushed:
                break  # a fold each


@pytest.mark.kafka
def test_explain_names_what_is_no_longer_at_hand(kafka_pipeline: PipelineMaker) -> None:
    pipeline = kafka_pipeline()
    pipeline.store_clear()
    held = next(one for one in screened(pipeline) if one.action == "hold")
    past = PastParcels(pipeline.settings).found([held.decision_id])[held.decision_id]
    other = msgspec.structs.replace(held, lists_version="older", model_version=10**9)
    explanation = explained(replace(past, decision=other), pipeline.settings)
    assert set(explanation.missing) == {"lists", "model"}
    verdicts = {one.field: one.verdict for one in explanation.checks}
    assert verdicts["score"] == "not rebuilt"
    assert verdicts["assessment"] == "same"
    report = report_of(held.decision_id, explanation)
    assert any("older" in part for part in report.parts if not isinstance(part, Table))


def test_explain_of_what_the_log_does_not_have_says_so_and_fails() -> None:
    report = report_of("parcels.manifests:0:7", None)
    assert report.failed
    assert report.parts == [
        "parcels.manifests:0:7: expected a decision and its manifest in the log, found none"
    ]
