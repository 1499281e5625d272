"""Profiles of real workers: exact under crashes, rebuilt from the topics, shown to people."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import Message, TopicPartition
from pydantic import SecretStr

from schemas.codec import decode_decision, encode
from schemas.decision import Decision
from schemas.outcome import InspectionOutcome
from scorers.profiles import Source
from streams.clock import utc_now
from streams.kafka.clients import admin_client
from streams.kafka.reading import TopicReader
from streams.profiles.commands import shown
from streams.profiles.rebuilding import RebuildError, prepare
from streams.profiles.stretches import RecordsGoneError, StretchReader
from streams.settings import environment_of
from tests.commands import run_greenlane
from tests.factories import START, make_manifests
from tests.integration.conftest import PipelineMaker
from tests.integration.profiles import (
    Profiles,
    assert_profiles_are_those_of_the_topic,
    assert_same_profiles,
    found_profiles,
    order_of,
    stored_orders,
)
from tests.integration.test_commands import assert_one_line
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

KILLS = 4
PER_KILL = 600
BATCHES_BETWEEN_KILLS = 150

Maker = Callable[..., Pipeline]


@pytest.fixture
def own_pipeline(
    apache_kafka: ApacheKafka,
    start_server: Callable[[RedisServer], RedisServer],
    tmp_path: Path,
) -> Iterator[Maker]:
    """Return a function that makes a pipeline whose store is the test's own."""
    made: list[Pipeline] = []

    def make(**settings: str) -> Pipeline:
        server = start_server(RedisServer())
        alerts = f"{tmp_path.name}.alerts"
        made.append(Pipeline(apache_kafka, server, tmp_path, topics__alerts=alerts, **settings))
        return made[-1]

    yield make
    for pipeline in made:
        pipeline.stop()


def greenlane(pipeline: Pipeline, *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit status, and what it printed and complained of."""
    done = run_greenlane(*arguments, environment=environment_of(pipeline.overrides))
    return done.returncode, done.stdout, done.stderr


def of_topics(records: Sequence[Message], *topics: str) -> list[Message]:
    """Return the records of some topics."""
    return [record for record in records if record.topic() in topics]


def rebuild(pipeline: Pipeline) -> str:
    """Rebuild the profiles, whatever is there; return what was said."""
    status, said, problem = greenlane(pipeline, "profiles", "rebuild", "--replace")
    assert status == 0, problem
    return said


def outcome_of(decision: Decision) -> bytes:
    """Return an outcome."""
    return encode(
        InspectionOutcome(
            schema_version=1,
            outcome_id=f"o-{decision.decision_id}",
            decision_id=decision.decision_id,
            item_id=decision.item_id,
            inspected_at=utc_now(),
            result="violation" if decision.decision_id.endswith("3") else "compliant",
        )
    )


def killed_again_and_again(pipeline: Pipeline, values: Sequence[bytes]) -> None:
    """Publish in parts, and after each kill one of two busy workers."""
    rng = random.Random(4)
    workers = [pipeline.spawn("worker", name) for name in "ab"]
    with closing(TopicReader(pipeline.settings.kafka, pipeline.decided)) as reader:
        for kill in range(KILLS):
            part = values[kill * PER_KILL : (kill + 1) * PER_KILL]
            pipeline.publish(pipeline.settings.topics.manifests, part)
            seen, deadline = 0, time.monotonic() + 30
            while seen < BATCHES_BETWEEN_KILLS and time.monotonic() < deadline:
                seen += len(reader.read(1_000, 0.05))
            time.sleep(rng.uniform(0, 0.04))
            workers[kill % 2].kill()
            workers[kill % 2].start()


@pytest.mark.kafka
@pytest.mark.redis
def test_kill_one_of_two_busy_workers_again_and_again_counts_each_parcel_once(
    own_pipeline: Maker,
) -> None:
    pipeline = own_pipeline(worker__batch_size="50", topics__partitions="4")
    values = [*manifests(KILLS * PER_KILL - 1), b"{"]
    killed_again_and_again(pipeline, values)

    assert len(pipeline.read(pipeline.decided, len(values))) == len(values)
    assert_profiles_are_those_of_the_topic(pipeline, len(values))


@pytest.mark.kafka
@pytest.mark.redis
def test_order_after_its_manifest_raises_one_alert_and_the_worker_goes_on(
    own_pipeline: Maker,
) -> None:
    pipeline = own_pipeline()
    topics = pipeline.settings.topics
    late, in_time = [encode(one) for one in make_manifests(5, seed=3) if one.order_id][:2]
    pipeline.publish(topics.orders, [order_of(in_time)])
    worker = pipeline.spawn("worker")
    pipeline.publish(topics.manifests, [late])
    pipeline.read(pipeline.decided, 1)
    pipeline.publish(topics.orders, [b"{", order_of(late), order_of(late)])
    pipeline.publish(topics.manifests, [in_time])

    records = pipeline.read([*pipeline.decided, topics.alerts], 4)
    (alert,) = (msgspec.json.decode(one.value()) for one in of_topics(records, topics.alerts))
    assert len(of_topics(records, topics.hold, topics.clear)) == 2
    assert len(of_topics(records, topics.rejected)) == 1
    read = msgspec.json.decode(late)
    assert (alert["kind"], alert["about"]) == ("order-after-manifest", read["item_id"])
    assert alert["details"]["order_id"] == read["order_id"]
    assert worker.running


@pytest.mark.kafka
@pytest.mark.redis
def test_rebuild_under_a_rotated_secret_equals_the_original_and_workers_go_on_from_it(
    own_pipeline: Maker,
) -> None:
    pipeline = own_pipeline(policy__hold_share="0.3")
    topics = pipeline.settings.topics
    parcels = make_manifests(500, seed=5)
    values = [encode(one) for one in parcels]
    ordered = [encode(one) for one in parcels if one.order_id][:100]
    pipeline.publish(topics.orders, map(order_of, ordered))
    pipeline.publish(topics.manifests, values[:400])
    children = [pipeline.spawn("worker"), pipeline.spawn("learner")]
    decided = pipeline.read(pipeline.decided, 400)
    held = [decode_decision(one.value()) for one in of_topics(decided, topics.hold)]
    pipeline.publish(topics.outcomes, map(outcome_of, held))
    original = until_inspected(pipeline, len(held))
    for child in children:
        child.stop()
    orders = stored_orders(pipeline.settings)
    use_another_secret(pipeline)
    status, said, problem = greenlane(pipeline, "profiles", "rotate")
    assert (status, problem) == (0, "")
    assert said.endswith(" records are under the new secret now\n")
    former, original = original, found_profiles(pipeline.settings)
    assert not former.keys() & original.keys()
    assert len(former) == len(original)
    orders = stored_orders(pipeline.settings)

    said = rebuild(pipeline)
    assert said.strip() == (
        f"profiles made anew from 400 manifests, 100 orders, {len(held)} outcomes"
    )
    assert_same_profiles(found_profiles(pipeline.settings), original)
    assert stored_orders(pipeline.settings) == orders
    assert len(orders) == 100

    pipeline.publish(topics.manifests, values[400:])
    for name in ("worker", "learner"):
        pipeline.spawn(name)
    assert len(pipeline.read(pipeline.decided, 500)) == 500
    counted = until_inspected(pipeline, len(held))
    assert sum(one.total for (kind, _), one in counted.items() if kind == 0) == 500


def use_another_secret(pipeline: Pipeline) -> None:
    """Let processes that are started from now on have another secret."""
    former = pipeline.settings.profiles.secret
    listed = json.dumps([former.get_secret_value()])
    pipeline.overrides |= {"profiles.secret": "another secret", "profiles.former_secrets": listed}
    changed = {"secret": SecretStr("another secret"), "former_secrets": (former,)}
    profiles = pipeline.settings.profiles.model_copy(update=changed)
    pipeline.settings = pipeline.settings.model_copy(update={"profiles": profiles})


def until_inspected(pipeline: Pipeline, count: int) -> Profiles:
    """Return the profiles when so many inspections of shippers' parcels have been counted."""
    deadline = time.monotonic() + 30
    while True:
        found = found_profiles(pipeline.settings)
        if sum(one.inspected for (kind, _), one in found.items() if kind == 1) == count:
            # Counting went on while these were read one after the other.
            return found_profiles(pipeline.settings)
        assert time.monotonic() < deadline, "outcomes are not counted"
        time.sleep(0.1)


@pytest.mark.kafka
@pytest.mark.redis
def test_commands_about_profiles_say_in_one_line_what_is_in_the_way(own_pipeline: Maker) -> None:
    pipeline = own_pipeline()
    values = [encode(one) for one in make_manifests(50, seed=6)]
    pipeline.publish(pipeline.settings.topics.manifests, values)
    worker = pipeline.spawn("worker")
    pipeline.read(pipeline.decided, len(values))

    status, _, problem = greenlane(pipeline, "profiles", "rebuild")
    assert status == 1
    assert_one_line(problem, "stopped", pipeline.settings.worker.group)
    worker.stop()
    with pytest.raises(RebuildError, match=r"expected an empty store.*--replace"):
        prepare(pipeline.settings, replace=False)

    seller = msgspec.json.decode(values[0])
    name = f"{seller['platform_id']}|{seller['seller_id']}"
    status, said, _ = greenlane(pipeline, "profiles", "show", "seller", name)
    assert status == 0
    assert said.splitlines()[0] == shown(pipeline.settings, "seller", name, START)[0]
    status, said, _ = greenlane(pipeline, "profiles", "forget", "seller", name)
    assert (status, said.strip()) == (0, f"seller {name}: forgotten")
    assert greenlane(pipeline, "profiles", "show", "seller", name)[0] == 1
    status, said, problem = greenlane(pipeline, "profiles", "show", "consignee", "nobody")
    assert (status, said) == (1, "")
    assert_one_line(problem, "consignee nobody: not in the profiles")


@pytest.mark.kafka
def test_read_stretch_of_a_log_that_has_dropped_its_beginning_gives_the_rest(
    kafka_pipeline: PipelineMaker,
) -> None:
    pipeline = kafka_pipeline(topics__partitions="1")
    source = Source(pipeline.settings.topics.manifests, 0)
    pipeline.publish(source.topic, [b"%d" % number for number in range(10)])
    dropped = TopicPartition(source.topic, source.partition, 4)
    admin = admin_client(pipeline.settings.kafka)
    admin.delete_records([dropped])[dropped].result(10)
    with closing(StretchReader(pipeline.settings.kafka)) as reader:
        (stretch,) = reader.read(source, 2, 10)
        assert (stretch.start, stretch.end) == (2, 10)
        assert [one.value() for one in stretch.messages] == [b"%d" % at for at in range(4, 10)]
        (gone,) = reader.read(source, 0, 3)
        assert (gone.start, gone.end, gone.messages) == (0, 3, [])
        with pytest.raises(RecordsGoneError, match="expected records up to 11, got a log"):
            list(reader.read(source, 8, 11))
