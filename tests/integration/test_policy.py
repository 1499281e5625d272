"""Policy on Apache Kafka with two workers: changed while running, kept together, made again."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from confluent_kafka import KafkaException, Message
from confluent_kafka.admin import AdminClient

from schemas.alert import Alert
from schemas.codec import decode_alert, decode_decision, encode
from schemas.decision import Decision
from schemas.outcome import InspectionOutcome
from streams.clock import utc_now
from streams.kafka.reading import TopicReader
from streams.processes import free_port
from streams.settings import environment_of
from streams.store import connect
from tests.commands import run_greenlane
from tests.factories import make_manifests
from tests.integration.conftest import PipelineMaker
from tests.integration.test_worker import scrape
from tests.pipeline import Pipeline
from tests.unit.scorers.rules.builders import with_condition

PATIENCE: Final = 30.0
CHUNK: Final = 60
PAUSE: Final = 0.05
OFFICES: Final = {"POLICY-A": 0.2, "POLICY-B": 0.05}
LIST: Final = "subject,value,kind,control\n"
MANIFESTS: Final = make_manifests(1_200, seed=31)

Decided = tuple[Message, Decision]


class Screened:
    """A pipeline with two workers, fed bit by bit, and what has been decided so far."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        pipeline.store_clear()
        self.ports = [free_port(), free_port()]
        for port in self.ports:
            pipeline.overrides["metrics.port"] = str(port)
            pipeline.spawn("worker", f"worker-{port}")
        self.published = 0
        self.decided: list[Decided] = []
        self._parcels = cycle(MANIFESTS)
        self._admin = AdminClient({"bootstrap.servers": pipeline.bootstrap})
        self._reader = TopicReader(pipeline.settings.kafka, pipeline.decided)
        until(self._joined)

    def close(self) -> None:
        self._reader.close()

    def feed(self, count: int = CHUNK, **changes: Any) -> None:
        """Publish parcels with `changes`."""
        values = (
            encode(msgspec.structs.replace(next(self._parcels), **changes)) for _ in range(count)
        )
        self.published += self.pipeline.publish(self.pipeline.settings.topics.manifests, values)

    def fed_until(self, ready: Callable[[], bool]) -> float:
        """Go on publishing and reading until `ready`; return how long it took, in seconds."""
        started = time.monotonic()

        def step() -> bool:
            self.feed()
            self.read(PAUSE)
            return ready()

        until(step)
        return time.monotonic() - started

    def drained(self) -> list[Decision]:
        """Return all decisions, when there is one for each parcel."""
        until(lambda: self.read(0.2) >= self.published)
        return [decision for _, decision in self.decided]

    def read(self, wait_seconds: float) -> int:
        """Read what has been decided; return how many decisions there are."""
        while records := self._reader.read(5_000, wait_seconds):
            self.decided += [(record, decode_decision(record.value())) for record in records]
            wait_seconds = 0.0
        return len(self.decided)

    def newest(self, field: str) -> dict[str, str]:
        """Return what stands in a field of each input partition's last decision."""
        return {
            partition: getattr(decisions[-1][1], field)
            for partition, decisions in self.by_partition().items()
        }

    def by_partition(self) -> dict[str, list[Decided]]:
        """Return the decisions of each partition of the manifests, in its order."""
        found: dict[str, list[Decided]] = defaultdict(list)
        for record, decision in self.decided:
            found[decision.decision_id.split(":")[1]].append((record, decision))
        for decisions in found.values():
            decisions.sort(key=lambda one: int(one[1].decision_id.split(":")[2]))
        return found

    def _joined(self) -> bool:
        """Tell whether each worker has a partition."""
        group = self.pipeline.settings.worker.group
        asked = self._admin.describe_consumer_groups([group], request_timeout=2)
        try:
            found = asked[group].result()
        except KafkaException:
            return False  # there is no such group yet, or nobody who keeps it
        topic = self.pipeline.settings.topics.manifests
        held = [
            [one for one in member.assignment.topic_partitions if one.topic == topic]
            for member in found.members
        ]
        return len(held) == len(self.ports) and all(held)


def until(ready: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return when `ready()`; fail after a while."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


Screening = Callable[..., Screened]


@pytest.fixture
def screening(kafka_pipeline: PipelineMaker) -> Iterator[Screening]:
    """Return a function that starts two workers on a pipeline with some settings."""
    with closing(_Closing()) as made:

        def make(**settings: str) -> Screened:
            # With orders to read, one worker may have all the manifests and the other the orders.
            fixed = {"profiles__mode": "off", "policy__poll_seconds": "0.2"}
            pipeline = kafka_pipeline(**fixed, **settings)
            made.screened.append(Screened(pipeline))
            return made.screened[-1]

        yield make


class _Closing:
    def __init__(self) -> None:
        self.screened: list[Screened] = []

    def close(self) -> None:
        for one in self.screened:
            one.close()


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
    screening: Screening, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    files = policy_files(tmp_path)
    screened = screening(**{f"policy__{name}": str(path) for name, path in files.items()})
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

    assert sorted({one.decision_id for one in decisions}) == sorted(
        one.decision_id for one in decisions
    )
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
    screening: Screening, tmp_path: Path
) -> None:
    files = policy_files(tmp_path)
    screened = screening(**{f"policy__{name}": str(path) for name, path in files.items()})
    screened.fed_until(lambda: len(screened.by_partition()) == 2)
    good = {name: path.read_text() for name, path in files.items()}
    for path in files.values():
        path.write_text("[broken")
    screened.fed_until(lambda: all(refused(port) == 3 for port in screened.ports))
    screened.fed_until(lambda: len(alerts(screened)) >= 6)
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


@pytest.mark.kafka
@pytest.mark.timeout(120)
def test_budgets_of_offices_are_kept_by_two_workers_together_and_replay_gives_them_again(
    screening: Screening, tmp_path: Path
) -> None:
    budgets, other = tmp_path / "budgets.toml", tmp_path / "other.toml"
    lines = [f"offices.{office} = {{share = {share}}}" for office, share in OFFICES.items()]
    budgets.write_text("\n".join(["default = {share = 0.02, explore = 0.01}", *lines]))
    other.write_text("default = {share = 0.1, explore = 0.01}")
    screened = screening(policy__budgets=str(budgets))
    for _ in range(25):
        for office in ("", "POLICY-A", "POLICY-B"):
            screened.feed(100, office_of_entry=office)
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
    result = run_greenlane("replay", "--json", environment=environment)
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert (said["decisions"], said["differences"]) == (decisions, [])
    compared = run_greenlane("replay", "--budgets", str(other), "--json", environment=environment)
    comparison = json.loads(compared.stdout)["comparison"]
    assert comparison["in_force"]["holds"] == comparison["found"]["inspected"] == holds
    assert comparison["other"]["holds"] == pytest.approx(0.1 * decisions, rel=0.05)
    later = run_greenlane("replay", "--from", utc_now().isoformat(), environment=environment)
    assert (later.returncode, later.stdout) == (1, "no decisions in this time\n")


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
    screening: Screening, tmp_path: Path
) -> None:
    budgets = tmp_path / "budgets.toml"
    budgets.write_text("default.share = 0.02\noffices.QUEUED = {share = 0.4, queue = 40}")
    screened = screening(policy__budgets=str(budgets), worker__batch_size="50")
    store = connect(screened.pipeline.settings.store)

    def waiting() -> int:
        return int(store.hget("greenlane:queue", "QUEUED") or 0)

    def held_of(parcels: int) -> int:
        before = held(screened)
        screened.feed(parcels, office_of_entry="QUEUED")
        screened.drained()
        time.sleep(1.0)  # workers look at the queue twice a second
        return held(screened) - before

    assert held_of(400) >= 40
    until(lambda: waiting() == held(screened))
    assert held_of(200) == 0
    screened.pipeline.spawn("learner")
    assert publish_outcomes(screened) == held(screened)
    until(lambda: waiting() == 0)
    time.sleep(1.0)
    assert held_of(200) > 0


def held(screened: Screened) -> int:
    """Return how many parcels were held so far."""
    return sum(one.action == "hold" for _, one in screened.decided)
