"""Policy files on Apache Kafka with two workers: changed, broken and mended while running."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from confluent_kafka import Message

from schemas.alert import Alert
from schemas.codec import decode_alert
from streams.kafka.reading import TopicReader
from tests.integration.conftest import PipelineMaker
from tests.integration.screened import Decided, Screened, screened_by_two, until
from tests.integration.test_worker import scrape
from tests.unit.scorers.rules.builders import with_condition

LIST: Final = "subject,value,kind,control\n"


def versions(decisions: list[Decided], field: str) -> list[str]:
    """Return the versions in their order, each run of the same as one."""
    found: list[str] = []
    for _, decision in decisions:
        version = getattr(decision, field)
        if not found or found[-1] != version:
            found.append(version)
    return found


def policy_files(folder: Path) -> dict[str, Path]:
    """Write rules, lists and budgets; return where they are, by setting."""
    files = {
        "rules": folder / "rules.yaml",
        "lists": folder / "lists" / "risks.csv",
        "budgets": folder / "budgets.toml",
    }
    files["lists"].parent.mkdir()
    files["rules"].write_text(with_condition("seller_id: nobody"))
    files["lists"].write_text(f"{LIST}seller,nobody,watch,\n")
    files["budgets"].write_text("default.share = 0.05\n")
    return files


CHANGED: Final = {
    "rules": ("rules_version", with_condition("seller_id: seller-3")),
    "lists": ("lists_version", f"{LIST}seller,seller-7,watch,physical\n"),
    "budgets": ("policy_version", "default.share = 0.2\n"),
}


@pytest.mark.kafka
@pytest.mark.timeout(120)
def test_changed_files_are_in_force_in_both_workers_each_switching_once(
    kafka_pipeline: PipelineMaker, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    files = policy_files(tmp_path)
    with screened_by_two(
        kafka_pipeline, **{f"policy__{name}": str(path) for name, path in files.items()}
    ) as screened:
        screened.fed_until(lambda: len(screened.by_partition()) == 2)
        for name, (field, content) in CHANGED.items():
            (before,) = set(screened.newest(field).values())
            changed = time.time()
            files[name].write_text(content)
            screened.fed_until(lambda: before not in screened.newest(field).values())  # noqa: B023
            seconds = in_force_after(screened, field, before, changed)
            record_property(f"{name}_in_force_seconds", round(seconds, 2))
            print(f"{name} in force in both workers after {seconds:.2f} s")
        decisions = screened.drained()

        assert len({one.decision_id for one in decisions}) == len(decisions)
        for field, _ in CHANGED.values():
            runs = [versions(one, field) for one in screened.by_partition().values()]
            assert len(runs[0]) == 2  # once, and never back
            assert runs[0] == runs[1]
        watched = [one for one in decisions if "WATCH-LIST" in {two.code for two in one.reasons}]
        assert watched
        assert {(one.action, one.arm, one.reasons[0].source) for one in watched} == {
            ("hold", "mandatory", "list")
        }
        assert {one.controls for one in watched} == {("physical",)}
        ruled = [one for one in decisions if "SOME-REASON" in {two.code for two in one.reasons}]
        assert {(one.action, one.arm) for one in ruled} == {("hold", "mandatory")}


def in_force_after(screened: Screened, field: str, before: str, changed: float) -> float:
    """Return how long after a change the last partition had a decision by it, by the log."""
    firsts = []
    for decisions in screened.by_partition().values():
        stamps = [
            record.timestamp()[1] for record, one in decisions if getattr(one, field) != before
        ]
        firsts.append(min(stamps) / 1_000)
    return max(firsts) - changed


@pytest.mark.kafka
@pytest.mark.timeout(120)
def test_broken_files_keep_the_last_good_ones_and_are_told_once_until_mended(
    kafka_pipeline: PipelineMaker, tmp_path: Path
) -> None:
    files = policy_files(tmp_path)
    with screened_by_two(
        kafka_pipeline,
        policy__poll_seconds="0.2",
        **{f"policy__{name}": str(path) for name, path in files.items()},
    ) as screened:
        screened.fed_until(lambda: len(screened.by_partition()) == 2)
        good = {name: path.read_text() for name, path in files.items()}
        for path in files.values():
            path.write_text("[broken")
        # No batch is needed for them.
        until(lambda: len(alerts(screened)) >= 6)
        assert all(refused(port) == 3 for port in screened.ports)
        for name, path in files.items():
            path.write_text(good[name])
        screened.fed_until(lambda: all(refused(port) == 0 for port in screened.ports))
        screened.drained()

        for field, _ in CHANGED.values():
            runs = [versions(one, field) for one in screened.by_partition().values()]
            assert [len(one) for one in runs] == [1, 1]
        told = alerts(screened)
        kinds = ("budgets-refused", "lists-refused", "rules-refused")
        # Each worker tells each file once; both say that it is the same alert.
        assert Counter(one.kind for one in told) == dict.fromkeys(kinds, 2)
        assert len({one.alert_id for one in told}) == 3
        assert all("expected" in one.about for one in told)


def refused(port: int) -> float:
    """Return how many files a worker's gauges call refused."""
    lines = [
        line for line in scrape(port).splitlines() if line.startswith("greenlane_policy_refused{")
    ]
    return sum(float(line.split()[-1]) for line in lines)


def alerts(screened: Screened) -> list[Alert]:
    """Return the alerts on the topic."""
    topic = screened.pipeline.settings.topics.alerts
    with closing(TopicReader(screened.pipeline.settings.kafka, [topic])) as reader:
        records: list[Message] = []
        while found := reader.read(1_000, 0.5):
            records += found
    return [decode_alert(record.value()) for record in records]
