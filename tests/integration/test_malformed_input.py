"""Records as nobody should send them, through a real worker on each broker."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from streams.embedded import EmbeddedStore
from tests.nasty import GOOD, NASTY
from tests.pipeline import Pipeline

TRACE = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
REASON = "__connect.errors.exception.message"


@pytest.mark.parametrize("broker_name", ["apache_kafka", "embedded_broker"])
def test_malformed_records_end_in_rejected_and_the_worker_goes_on(
    broker_name: str,
    request: pytest.FixtureRequest,
    embedded_store: EmbeddedStore,
    tmp_path: Path,
) -> None:
    broker = request.getfixturevalue(broker_name)
    overrides = {"topics__partitions": "1", "topics__cloudevents_source": "/tests"}
    pipeline = Pipeline(broker, embedded_store, tmp_path, **overrides)
    topics = pipeline.settings.topics
    values = [case.value for case in NASTY]
    total = pipeline.publish(topics.manifests, [GOOD, *values, GOOD], [TRACE])
    worker = pipeline.spawn("worker")
    try:
        rejected = pipeline.read([topics.rejected], sum(case.reason is not None for case in NASTY))
        decided = pipeline.read([topics.hold, topics.clear], total - len(rejected))
        assert worker.running
    finally:
        pipeline.stop()

    found = {int(_header(one.headers(), "__connect.errors.offset")): one for one in rejected}
    expected = {offset: case for offset, case in enumerate(NASTY, start=1) if case.reason}
    assert sorted(found) == sorted(expected)
    assert len(rejected) == len(expected)
    for offset, case in expected.items():
        assert found[offset].value() == case.value, case.name
        assert _header(found[offset].headers(), REASON).startswith(case.reason or ""), case.name
    assert all(TRACE in one.headers() for one in [*rejected, *decided])
    for one in decided:
        said = msgspec.json.decode(one.value())["decision_id"]
        assert _header(one.headers(), "ce_id") == said
    offsets = [
        int(msgspec.json.decode(one.value())["decision_id"].split(":")[-1]) for one in decided
    ]
    assert sorted(offsets) == sorted(set(range(total)) - set(expected))


def _header(headers: list[tuple[str, bytes]] | None, name: str) -> str:
    return dict(headers or [])[name].decode()
