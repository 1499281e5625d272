"""The examples for platforms and clearance systems, run as they stand against Apache Kafka."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from schemas.codec import decode_manifest, decode_order, decode_outcome
from streams.settings import TopicSettings
from tests.conftest import in_ci
from tests.integration.conftest import PipelineMaker
from tests.javascript.packages import run_node
from tests.pipeline import Pipeline

EXAMPLES = Path(__file__).parents[2] / "examples"
COUNT = 120
Program = Callable[..., CompletedProcess[str]]


def python(script: str, brokers: str, *count: str) -> CompletedProcess[str]:
    options = ["--brokers", brokers, *(["--count", *count] if count else [])]
    return ran([sys.executable, str(EXAMPLES / "python" / f"{script}.py"), *options])


def javascript(script: str, *arguments: str) -> CompletedProcess[str]:
    return run_node(EXAMPLES / "javascript" / f"{script}.js", *arguments)


def kcat(script: str, *arguments: str) -> CompletedProcess[str]:
    if shutil.which("kcat") is None:
        (pytest.fail if in_ci() else pytest.skip)("kcat is not installed (apt-get install kcat)")
    return ran(["sh", str(EXAMPLES / "kcat" / f"{script}.sh"), *arguments])


def ran(command: list[str]) -> CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def values(pipeline: Pipeline, topic: str, least: int) -> list[bytes]:
    return [message.value() or b"" for message in pipeline.read([topic], least)]


@pytest.mark.kafka
@pytest.mark.usefixtures("node_packages")
def test_examples_in_each_language_have_parcels_decided_and_outcomes_learnt(
    kafka_pipeline: PipelineMaker,
) -> None:
    # The examples name the topics as they are by default.
    topics = {name: value for name, value in TopicSettings() if isinstance(value, str)}
    pipeline = kafka_pipeline(**{f"topics__{name}": value for name, value in topics.items()})
    pipeline.store_clear()
    pipeline.spawn("worker")
    pipeline.spawn("learner")
    brokers = pipeline.bootstrap
    for number, run in enumerate((python, javascript), start=1):
        declared = run("declare_parcels", brokers, str(COUNT))
        assert declared.returncode == 0, declared.stdout + declared.stderr
        assert "Expected field `manifest_id`, got none - at `$`" in declared.stdout
        cleared = run("clear_parcels", brokers, str(COUNT * number))
        assert cleared.returncode == 0, cleared.stdout + cleared.stderr
        released, held = map(int, re.findall(r"released (\d+), held (\d+)", cleared.stdout)[0])
        assert released + held == COUNT * number
        assert held == cleared.stdout.count("hold ") > 0
    _check_kcat(brokers)
    for value in values(pipeline, "parcels.orders", 2 * COUNT):
        decode_order(value)
    outcomes = [decode_outcome(value) for value in values(pipeline, "parcels.outcomes", 1)]
    labels = values(pipeline, "parcels.training", len({one.decision_id for one in outcomes}))
    assert any(json.loads(label)["label"] for label in labels)
    read = values(pipeline, "parcels.manifests", 2 * COUNT + 4)
    assert sum(map(_is_manifest, read)) == 2 * COUNT + 1


def _check_kcat(brokers: str) -> None:
    declared = kcat("declare_parcel", brokers)
    assert declared.returncode == 0, declared.stderr
    wrong = "Expected schema_version 1, got 2"
    for _ in range(20):
        seen = kcat("read_decisions", brokers)
        assert seen.returncode == 0, seen.stderr
        if "KC000000001" in seen.stdout and wrong in seen.stdout:
            break
    (decision,) = [line for line in seen.stdout.splitlines() if "KC000000001" in line]
    topic, item, value = decision.split(" ", 2)
    assert item == json.loads(value)["item_id"]
    assert topic == f"parcels.{json.loads(value)['action']}"
    assert wrong in seen.stdout


def _is_manifest(value: bytes) -> bool:
    try:
        decode_manifest(value)
    except ValueError:
        return False
    return True
