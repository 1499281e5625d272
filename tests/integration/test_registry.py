"""Models in production: chosen by command, followed by a worker, and tried on history."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from schemas.alert import Alert
from schemas.codec import decode_alert, decode_decision
from schemas.decision import Decision
from scorers.features.extractor import Extractor
from scorers.policybook import PolicyBook, share_plan
from scorers.specs import spec_named
from streams.profiles.stretches import StretchReader
from streams.registry import commands
from streams.registry.choosing import RegistryError
from streams.registry.opening import open_registry
from streams.replay import with_model, with_model_wording
from streams.replay.reading import Period, read_history
from streams.replay.rescoring import Rescorer
from streams.settings import variable_of
from streams.store import connect
from tests.integration.conftest import PipelineMaker
from tests.integration.test_explaining import taught
from tests.integration.test_past_parcels import COUNT, screened
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline


def decided_by(pipeline: Pipeline, known: int) -> list[Decision]:
    """Publish some more parcels; return the decisions on them."""
    count = pipeline.publish(pipeline.settings.topics.manifests, manifests(200))
    topics = [pipeline.settings.topics.hold, pipeline.settings.topics.clear]
    records = pipeline.read(topics, known + count)
    records.sort(key=lambda one: one.timestamp()[1])
    return [decode_decision(one.value()) for one in records[known:]]


def until_in_use(pipeline: Pipeline, labels: int) -> None:
    registry = open_registry(pipeline.settings)
    deadline = time.monotonic() + 30
    while registry.labels_in_use("0") != labels and time.monotonic() < deadline:
        time.sleep(0.05)
    assert registry.labels_in_use("0") == labels


def written(pipeline: Pipeline) -> dict[str, Any]:
    """Return where all partitions end, and all that the store has."""
    topics = pipeline.settings.topics.model_dump()
    names = [one for one in topics.values() if isinstance(one, str)]
    store = connect(pipeline.settings.store)
    with closing(StretchReader(pipeline.settings.kafka)) as reader:
        ends = {
            str(source): reader.bounds(source)
            for name in names
            for source in reader.partitions(name)
        }
    return ends | {str(key): store.dump(key) for key in store.keys("*")}


def alerts(pipeline: Pipeline) -> list[Alert]:
    records = pipeline.read([pipeline.settings.topics.alerts], 1)
    return [decode_alert(one.value()) for one in records]


@pytest.mark.kafka
def test_models_are_chosen_moved_followed_and_tried_on_history(
    kafka_pipeline: PipelineMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = kafka_pipeline(policy__hold_share="0.1", model__bits="18")
    pipeline.store_clear()
    for name, value in pipeline.overrides.items():
        monkeypatch.setenv(variable_of(name), value)
    labels = taught(pipeline)
    screened(pipeline, COUNT)
    registry = open_registry(pipeline.settings)
    newest = registry.latest()
    assert newest is not None

    # The model that decided gives the recorded scores again, bit for bit.
    columns = read_history(pipeline.settings, Period()).decisions
    extractor = Extractor(spec_named("parcels"), 18)
    book = PolicyBook(share_plan(0.1, 0.005))
    model = registry.load_for_scoring(newest)
    again = Rescorer(pipeline.settings, extractor, book, model).rescored(columns)
    same = again.columns.score == columns.score
    records = pipeline.read([pipeline.settings.topics.hold, pipeline.settings.topics.clear], 1)
    versions = {
        one.decision_id: one.model_version
        for one in (decode_decision(record.value()) for record in records)
    }
    ids = [":".join(map(str, place)) for place in columns.coordinates]
    by_model = np.array([versions[one] == labels for one in ids])
    assert by_model.sum() > COUNT // 2
    assert same[by_model].all()
    assert not same[~by_model].any()
    assert again.missing == 0
    settings, before = pipeline.settings, written(pipeline)
    replayed = with_model.replay_with_model("main", None, Period(), settings)
    assert written(pipeline) == before
    assert not with_model_wording.report_of(replayed).failed
    with pytest.raises(RegistryError, match="expected rules or a model"):
        with_model.replay_with_model("best", None, Period(), settings)

    # Exported and taken in again, promoted, rolled back: the worker follows.
    exported = tmp_path / "model"
    commands.export_to("main", exported)
    worker = pipeline.spawn("worker")
    assert "rules decides" in commands.promote("rules", "anna", "a test")
    until_in_use(pipeline, 0)
    known = 2 * COUNT
    assert {one.model_version for one in decided_by(pipeline, known)} == {0}
    assert newest.version in commands.import_from(exported)
    commands.promote(newest.version, "anna", "")
    until_in_use(pipeline, labels)
    assert {one.model_version for one in decided_by(pipeline, known + 200)} == {labels}
    commands.rollback("anna", "")
    until_in_use(pipeline, 0)
    raw = bytearray(exported.read_bytes())
    raw[-1] ^= 1
    exported.write_bytes(bytes(raw))
    with pytest.raises(RegistryError, match="Expected the published bytes"):
        commands.import_from(exported)
    listed = commands.listed()
    assert [one["version"] for one in listed.value["versions"]] == [newest.version]
    assert not commands.shown(newest.version).failed
    changed = [one for one in alerts(pipeline) if one.kind == "model-changed"]
    assert [one.about for one in changed] == ["rules", newest.version, "rules"]
    assert worker.running
