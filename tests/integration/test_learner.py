"""The learner on Apache Kafka and Redis: each label once, whatever order outcomes come in."""

from __future__ import annotations

import random
import time
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from schemas.codec import decode_decision, decode_example, encode
from schemas.decision import Decision
from schemas.outcome import InspectionOutcome
from scorers.features.extractor import Extractor
from scorers.model.ftrl import FTRLSettings
from scorers.model.model import Model
from scorers.specs import spec_named
from streams.clock import utc_now
from streams.folding import Fold
from streams.kafka.reading import TopicReader
from streams.registry.opening import open_registry
from tests.integration.conftest import PipelineMaker
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline

PARCELS = 1_500
KILLS = 4


def outcome_of(decision: Decision, number: int = 0, **changes: Any) -> bytes:
    """Return an outcome; every third parcel is a violation."""
    violation = int(decision.decision_id.rpartition(":")[2]) % 3 == 0
    result = "violation" if violation else "compliant"
    return encode(
        InspectionOutcome(
            schema_version=1,
            outcome_id=f"o{number}-{decision.decision_id}",
            decision_id=decision.decision_id,
            item_id=decision.item_id,
            inspected_at=utc_now(),
            **{"result": result, **changes},
        )
    )


def screened(pipeline: Pipeline) -> list[Decision]:
    """Screen parcels with a real worker and return what was held."""
    count = pipeline.publish(pipeline.settings.topics.manifests, manifests(PARCELS))
    worker = pipeline.spawn("worker")
    pipeline.read(pipeline.decided, count)
    worker.stop()
    held = pipeline.read([pipeline.settings.topics.hold], 1)
    return [decode_decision(record.value()) for record in held]


def fold_of_log(pipeline: Pipeline, labels: int) -> tuple[Model, list[str]]:
    """Return the undisturbed fold of the training log, and the decisions in it."""
    records = pipeline.read([pipeline.settings.topics.training], labels)
    records.sort(key=lambda record: record.offset() or 0)
    settings = pipeline.settings.model
    rates = FTRLSettings(settings.alpha, settings.beta, settings.l1, settings.l2)
    fold = Fold(Extractor(spec_named(settings.spec), settings.bits), Model(settings.bits, rates))
    examples = [decode_example(record.value()) for record in records]
    for example in examples:
        fold.add([example])
    return fold.model, [example.decision_id for example in examples]


def published_model(pipeline: Pipeline, labels: int) -> Model:
    """Return the model in force, when it has learnt `labels`."""
    registry = open_registry(pipeline.settings)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        snapshot = registry.in_force()
        if snapshot is not None and snapshot.labels >= labels:
            return registry.load(snapshot)
        time.sleep(0.05)
    raise TimeoutError(f"the model in force is {snapshot}")


@pytest.mark.kafka
@pytest.mark.timeout(300)
def test_kill_learner_at_random_points_learns_each_label_once_and_equals_the_fold(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(
        policy__hold_share="0.4", learner__batch_size="20", learner__snapshot_seconds="0.05"
    )
    pipeline.store_clear()
    held = screened(pipeline)
    learner = pipeline.spawn("learner")
    rng = random.Random(3)
    uncommitted = {"client": {"isolation.level": "read_uncommitted"}}
    kafka = pipeline.settings.kafka.model_copy(update=uncommitted)
    with closing(TopicReader(kafka, [pipeline.settings.topics.training])) as reader:
        for start in range(0, len(held), len(held) // KILLS + 1):
            chunk = held[start : start + len(held) // KILLS + 1]
            # Every outcome comes a second time, some before and some after the crash.
            outcomes = [outcome_of(decision, number) for decision in chunk for number in (0, 1)]
            rng.shuffle(outcomes)
            pipeline.publish(pipeline.settings.topics.outcomes, [*outcomes, b"{"])
            # Records are seen before they are committed, so some kills hit open transactions.
            assert reader.read(10_000, 60.0)
            time.sleep(rng.uniform(0, 0.3))
            learner.kill()
            learner.start()

    model = published_model(pipeline, len(held))
    undisturbed, learnt = fold_of_log(pipeline, len(held))
    assert sorted(learnt) == sorted(decision.decision_id for decision in held)
    assert model.labels == undisturbed.labels == len(held)
    assert np.array_equal(model.ftrl.z, undisturbed.ftrl.z)
    assert np.array_equal(model.ftrl.n, undisturbed.ftrl.n)
    assert np.array_equal(model.evidence.inspected, undisturbed.evidence.inspected)
    assert np.array_equal(model.evidence.violations, undisturbed.evidence.violations)
    assert model.calibration == undisturbed.calibration
    assert learner.running


@pytest.mark.kafka
def test_outcomes_before_their_holds_and_for_unknown_ids_are_kept_waiting(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(policy__hold_share="0.2", learner__snapshot_seconds="0.05")
    pipeline.store_clear()
    simulated = kafka_pipeline(policy__hold_share="0.2")
    held = screened(simulated)
    topics = pipeline.settings.topics
    learner = pipeline.spawn("learner")
    pipeline.publish(topics.outcomes, [outcome_of(decision) for decision in held])
    time.sleep(1.0)
    pipeline.publish(topics.hold, [encode(decision) for decision in held[1:]])

    published_model(pipeline, len(held) - 1)
    _, learnt = fold_of_log(pipeline, len(held) - 1)
    assert sorted(learnt) == sorted(decision.decision_id for decision in held[1:])
    assert learner.running


@pytest.mark.kafka
def test_findings_about_cleared_parcels_and_corrections_are_learnt_from_the_log(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(learner__snapshot_seconds="0.05")
    pipeline.store_clear()
    topics = pipeline.settings.topics
    held = screened(pipeline)
    cleared = [decode_decision(one.value()) for one in pipeline.read([topics.clear], 1)][:20]
    learner = pipeline.spawn("learner")
    pipeline.publish(topics.outcomes, [outcome_of(one, result="violation") for one in held])
    published_model(pipeline, len(held))
    later = [outcome_of(one, 1, result="compliant") for one in held[:5]]
    found = [outcome_of(one, result="violation", found="downstream") for one in cleared]
    pipeline.publish(topics.outcomes, [*later, *found, *later, *found])
    labels = len(held) + len(later) + len(found)

    model = published_model(pipeline, labels)
    undisturbed, _ = fold_of_log(pipeline, labels)
    log = [decode_example(one.value()) for one in pipeline.read([topics.training], labels)]
    corrections = [one for one in log if one.corrects is not None]
    downstream = [one for one in log if one.arm == "release"]
    assert sorted(one.decision_id for one in corrections) == sorted(x.decision_id for x in held[:5])
    assert {(one.corrects, one.label) for one in corrections} == {(True, False)}
    firsts = {one.decision_id: one.features for one in log if one.corrects is None}
    assert all(one.features == firsts[one.decision_id] for one in corrections)
    assert sorted(x.decision_id for x in downstream) == sorted(x.decision_id for x in cleared)
    propensities = {one.decision_id: one.propensity for one in cleared}
    assert all(one.propensity == propensities[one.decision_id] for one in downstream)
    assert all(len(one.features) > 20 for one in downstream)
    assert len(log) == model.labels == labels
    assert np.array_equal(model.weights, undisturbed.weights)
    assert learner.running
