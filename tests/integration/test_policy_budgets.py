"""Budgets on Apache Kafka: kept by two workers together, resting for queues, replayed."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from schemas.codec import encode
from schemas.outcome import InspectionOutcome
from streams.clock import monotonic, utc_now
from streams.queueing import InspectionQueue
from streams.settings import environment_of
from streams.store import connect
from tests.commands import run_greenlane
from tests.integration.conftest import PipelineMaker
from tests.integration.screened import PAUSE, Screened, screened_by_two, until

OFFICES: Final = {"POLICY-A": 0.2, "POLICY-B": 0.05}


@pytest.mark.kafka
@pytest.mark.timeout(120)
def test_budgets_of_offices_are_kept_by_two_workers_together_and_replay_gives_them_again(
    kafka_pipeline: PipelineMaker, tmp_path: Path
) -> None:
    budgets, other = tmp_path / "budgets.toml", tmp_path / "other.toml"
    lines = [f"offices.{office} = {{share = {share}}}" for office, share in OFFICES.items()]
    budgets.write_text("\n".join(["default = {share = 0.02, explore = 0.01}", *lines]))
    other.write_text("default = {share = 0.1, explore = 0.01}")
    with screened_by_two(kafka_pipeline, policy__budgets=str(budgets)) as screened:
        for _ in range(25):
            for office in ("", "POLICY-A", "POLICY-B"):
                screened.feed(100, office_of_entry=office)
            time.sleep(PAUSE)  # several batches at each worker, that hear of each other
        decisions = screened.drained()

        arrived = Counter(one.office_of_entry for one in decisions)
        held = Counter(one.office_of_entry for one in decisions if one.action == "hold")
        for office, share in {"": 0.02, **OFFICES}.items():
            budget = share * arrived[office]
            assert abs(held[office] - budget) <= 0.05 * budget + 2, (office, held[office], budget)
        check_replay(screened, len(decisions), sum(held.values()), other)


def check_replay(screened: Screened, decisions: int, holds: int, other: Path) -> None:
    """Check that the command repeats the decisions on the topics, and compares another plan."""
    publish_outcomes(screened)
    environment = environment_of(screened.pipeline.overrides)
    options = ("--budgets", str(other), "--from", "2026-01-01", "--json")
    result = run_greenlane("replay", *options, environment=environment)
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert (said["decisions"], said["differences"]) == (decisions, [])
    comparison = said["comparison"]
    assert comparison["in_force"]["holds"] == comparison["found"]["inspected"] == holds
    assert comparison["other"]["holds"] == pytest.approx(0.1 * decisions, rel=0.05)


def publish_outcomes(screened: Screened) -> int:
    """Publish an outcome for each hold; return their number."""
    held = [one for _, one in screened.decided if one.action == "hold"]
    outcomes = [
        InspectionOutcome(
            schema_version=1,
            outcome_id=f"o-{one.decision_id}",
            decision_id=one.decision_id,
            item_id=one.item_id,
            inspected_at=utc_now(),
            result="violation" if one.score > 0 else "compliant",
        )
        for one in held
    ]
    topic = screened.pipeline.settings.topics.outcomes
    return screened.pipeline.publish(topic, map(encode, outcomes))


@pytest.mark.kafka
@pytest.mark.timeout(120)
def test_budget_rests_while_its_queue_is_long_and_goes_on_when_it_was_inspected(
    kafka_pipeline: PipelineMaker, tmp_path: Path
) -> None:
    budgets = tmp_path / "budgets.toml"
    budgets.write_text("default.share = 0.02\noffices.QUEUED = {share = 0.4, queue = 40}")
    with screened_by_two(
        kafka_pipeline, policy__budgets=str(budgets), worker__batch_size="50"
    ) as screened:
        settings = screened.pipeline.settings
        queue = InspectionQueue(connect(settings.store), monotonic, settings.policy.queue_hours)

        def waiting() -> int:
            return queue.waiting().get("QUEUED", 0)

        def held_of(parcels: int) -> int:
            before = held(screened)
            screened.feed(parcels, office_of_entry="QUEUED")
            screened.drained()
            time.sleep(1.0)  # workers look at the queue twice a second
            return held(screened) - before

        assert held_of(400) >= 40
        until(lambda: waiting() == held(screened))
        resting = held_of(2_000)
        assert resting < 80, resting  # 800 were it not for the queue; what was left before is spent
        screened.pipeline.spawn("learner")
        assert publish_outcomes(screened) == held(screened)
        until(lambda: waiting() == 0)
        time.sleep(1.0)
        assert held_of(400) > 10


def held(screened: Screened) -> int:
    """Return how many parcels were held so far."""
    return sum(one.action == "hold" for _, one in screened.decided)
