"""The control tower on Apache Kafka: what it counts when it is killed, restarted and shared."""

from __future__ import annotations

import pytest

from streams.clock import utc_now
from tests.integration.conftest import PipelineMaker
from tests.towers import killed, settled


@pytest.mark.kafka
def test_kill_the_tower_mid_stream_keeps_a_ledger_that_equals_the_decisions(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(worker__batch_size="200", topics__partitions="2")
    published = killed(pipeline, kills=2, seed=5)

    supplies, wrong = settled(pipeline, utc_now().strftime("%Y-%m"))
    assert wrong == []
    assert 0 < sum(amounts.parcels for amounts in supplies.values()) < published
