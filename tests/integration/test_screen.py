"""`greenlane screen`, and the real declarations through broker, worker and learner."""

from __future__ import annotations

import io
import os
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from schemas.codec import decode_decision, encode
from streams.screen.command import screen_settings
from streams.screen.entries import adapted_chunks
from streams.screen.run import Screening
from streams.session import EmbeddedSession
from tests.commands import run_greenlane
from tests.integration.test_worker_kill import manifests

DATA = Path(__file__).parents[3] / "shared" / "data" / "customs-declarations" / "valid.csv"
RECORDS = 8_134

needs_data = pytest.mark.skipif(
    not DATA.exists() and not os.environ.get("CI"), reason="the declarations are not here"
)


def committed_ids(bootstrap: str, topics: list[str]) -> list[str]:
    """Return the decision ids on `topics`, read by a consumer that knows nothing of ours."""
    options = {"bootstrap.servers": bootstrap, "group.id": "count"}
    ids = []
    with closing(Consumer({**options, "isolation.level": "read_committed"})) as consumer:
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING) for topic in topics])
        while batch := consumer.consume(5_000, 3.0):
            ids += [msgspec.json.decode(record.value())["decision_id"] for record in batch]
    return ids


@needs_data
@pytest.mark.data
@pytest.mark.timeout(240)
def test_screen_real_declarations_with_outcomes_decides_every_record_once() -> None:
    out = io.BytesIO()
    with EmbeddedSession(screen_settings("customs-declarations", None, None)) as session:
        session.spawn("worker")
        session.spawn("learner")
        with closing(Screening(session, out)) as screening:
            screening.run(adapted_chunks(DATA, "customs-declarations"))
        topics = session.settings.topics
        counted = committed_ids(
            session.settings.kafka.bootstrap_servers, [topics.hold, topics.clear, topics.rejected]
        )
    assert len(counted) == len(set(counted)) == RECORDS
    decisions = [decode_decision(line) for line in out.getvalue().splitlines()]
    assert sorted(decision.decision_id for decision in decisions) == sorted(counted)
    held = [decision for decision in decisions if decision.action == "hold"]
    assert 0.08 < len(held) / RECORDS < 0.13
    assert all(decision.reasons for decision in held)
    # All but the last day's holds had been learnt when the last day was scored.
    assert max(decision.model_version for decision in decisions) > 0.9 * len(held)


def test_screen_file_with_a_bad_line_writes_decisions_and_counts_the_reject(
    tmp_path: Path,
) -> None:
    source, out = tmp_path / "parcels.ndjson", tmp_path / "decisions.ndjson"
    source.write_bytes(b"\n".join([*manifests(300), b'{"schema_version": 1}']))
    result = run_greenlane("screen", str(source), "--out", str(out), "--hold-share", "0.1")
    assert result.returncode == 0, result.stderr
    assert "301 records: 300 decisions" in result.stderr
    assert "1 rejected" in result.stderr
    assert "rejected: Expected field `manifest_id`, got none" in result.stderr
    decisions = [decode_decision(line) for line in out.read_bytes().splitlines()]
    assert len(decisions) == 300
    assert len({decision.decision_id for decision in decisions}) == 300


def test_screen_file_with_outcomes_learns_from_what_was_held(tmp_path: Path) -> None:
    source, out = tmp_path / "parcels.ndjson.gz", tmp_path / "decisions.ndjson"
    outcomes = tmp_path / "outcomes.ndjson"
    values = manifests(1_500)
    source.write_bytes(_gzip(b"\n".join(values)))
    items = [msgspec.json.decode(value)["item_id"] for value in values]
    outcomes.write_bytes(
        b"\n".join(encode({"item_id": item, "result": "compliant"}) for item in items)
    )
    result = run_greenlane(
        "screen", str(source), "--out", str(out), "--outcomes", str(outcomes), "--hold-share", "0.1"
    )
    assert result.returncode == 0, result.stderr
    decisions = [decode_decision(line) for line in out.read_bytes().splitlines()]
    held = [decision for decision in decisions[:1_000] if decision.action == "hold"]
    assert decisions[-1].model_version == len(held)


def _gzip(data: bytes) -> bytes:
    import gzip

    return gzip.compress(data)
