"""The learner on Apache Kafka and Redis: each label once, whatever order outcomes come in."""

from __future__ import annotations

import random
import time

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
from streams.snapshots import SnapshotStore
from streams.store import connect
from streams.training import Fold
from tests.integration.conftest import PipelineMaker
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline

PARCELS = 1_500


def outcome_of(decision: Decision, number: int = 0) -> bytes:
    """Return an outcome; every third parcel is a violation."""
    violation = int(decision.decision_id.rpartition(":")[2]) % 3 == 0
    return encode(
        InspectionOutcome(
            schema_version=1,
            outcome_id=f"o{number}-{decision.decision_id}",
            decision_id=decision.decision_id,
            item_id=decision.item_id,
            inspected_at=utc_now(),
            result="violation" if violation else "compliant",
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
    version = spec_named(pipeline.settings.model.spec).version
    snapshots = SnapshotStore(connect(pipeline.settings.store), version)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pointer = snapshots.pointer()
        if pointer is not None and pointer.labels >= labels:
            return snapshots.load(pointer)
        time.sleep(0.05)
    raise TimeoutError(f"the model in force is {pointer}")


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
    for start in range(0, len(held), len(held) // 8 + 1):
        chunk = held[start : start + len(held) // 8 + 1]
        # Every outcome comes a second time, some before and some after the crash.
        outcomes = [outcome_of(decision, number) for decision in chunk for number in (0, 1)]
        rng.shuffle(outcomes)
        pipeline.publish(pipeline.settings.topics.outcomes, [*outcomes, b"{"])
        time.sleep(rng.uniform(0.05, 1.0))
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
