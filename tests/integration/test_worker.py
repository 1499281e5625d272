"""A worker as a process: stopping, metrics, and a store that is away."""

from __future__ import annotations

import time
import urllib.request
from urllib.error import URLError

import pytest

from schemas.codec import decode_decision
from streams.processes import free_port
from tests.integration.conftest import PipelineMaker
from tests.integration.test_worker_kill import manifests

COUNT = 2_000


@pytest.mark.kafka
def test_terminate_worker_mid_load_ends_well_and_the_next_goes_on(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(worker__batch_size="50")
    pipeline.publish(pipeline.settings.topics.manifests, manifests(COUNT))
    worker = pipeline.spawn("worker", "first")
    pipeline.read(pipeline.decided, 100)
    worker.stop()
    assert worker.returncode == 0
    assert "Traceback" not in worker.log_tail(50)
    pipeline.spawn("worker", "second")
    assert len(pipeline.read(pipeline.decided, COUNT)) == COUNT


@pytest.mark.kafka
def test_worker_without_store_screens_by_the_starter_rules(kafka_pipeline: PipelineMaker) -> None:
    pipeline = kafka_pipeline(
        store__url="redis://127.0.0.1:9/0",
        profiles__when_down="degrade",
        profiles__patience_seconds="0",
    )
    pipeline.publish(pipeline.settings.topics.manifests, manifests(COUNT))
    worker = pipeline.spawn("worker")
    decided = pipeline.read(pipeline.decided, COUNT)
    assert len(decided) == COUNT
    assert all(decode_decision(record.value()).degraded for record in decided)
    assert worker.running
    assert "store does not answer" in worker.log_tail(50)


@pytest.mark.kafka
def test_worker_with_metrics_port_counts_what_it_commits(kafka_pipeline: PipelineMaker) -> None:
    port = free_port()
    pipeline = kafka_pipeline(metrics__port=str(port))
    pipeline.publish(pipeline.settings.topics.manifests, [*manifests(COUNT), b"{"])
    pipeline.spawn("worker")
    pipeline.read(pipeline.decided, COUNT + 1)
    text = scrape(port)
    assert f"greenlane_manifests_total {COUNT + 1}.0" in text
    topic = pipeline.settings.topics.manifests
    rejects = f'greenlane_rejects_total{{reason="json",topic="{topic}"}} 1.0'
    assert rejects in text
    decided = [line for line in text.splitlines() if line.startswith("greenlane_decisions_total{")]
    assert sum(float(line.split()[-1]) for line in decided) == COUNT


def scrape(port: int) -> str:
    """Return what `/metrics` says, when somebody answers."""
    deadline = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
                return page.read().decode()
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
