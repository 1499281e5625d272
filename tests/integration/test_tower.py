"""The control tower on Apache Kafka: killed, shared, watched, and followed by a worker."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from schemas.alert import Alert
from schemas.codec import decode_decision, decode_ledger_entry, encode
from schemas.decision import Decision
from schemas.ledger import EXAMPLE_DELTAS, LedgerEntry
from schemas.outcome import EXAMPLE
from streams.clock import utc_now
from streams.embedded import EmbeddedStore
from streams.kafka.clients import plain_producer
from streams.ledger.correcting import publish_corrections
from streams.ledger.reading import read_entries
from streams.ledger.rows import CORRECTION, decimal_of, rows_of
from streams.processes import ChildProcess
from streams.tracing.command import traced
from tests.browsers import shown
from tests.pipeline import Pipeline
from tests.servers.distant import DistantKafka, cut
from tests.servers.kafka import ApacheKafka
from tests.servers.late import PRODUCE
from tests.servers.redis_server import RedisServer
from tests.towers import Towers, ends, publish_at, settled, simulated

PARCELS = 1_500
PIECE = 200
PATIENCE_SECONDS = 60.0
USUAL_SECONDS = 840
SOURCE = "/tests"
SETTINGS = {
    "topics__partitions": "2",
    "topics__cloudevents_source": SOURCE,
    "tower__flush_seconds": "1",
    "worker__alert_poll_seconds": "0.2",
}
LASTS_SECONDS = 3


def month() -> str:
    """Return the month in which simulated parcels are declared."""
    return utc_now().strftime("%Y-%m")


def until(true: Callable[[], bool], told: Callable[[], object] = str) -> None:
    """Wait for something, and tell how things are when it does not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, told()
        time.sleep(0.2)


def count_deltas(pipeline: Pipeline, tower: ChildProcess, least: int) -> None:
    """Publish what a batch adds to the ledger, and wait until so many entries are written."""
    topics = pipeline.settings.topics
    pipeline.publish(topics.ioss_deltas, [EXAMPLE_DELTAS])
    until(lambda: ends(pipeline, [topics.ioss_ledger]) >= least, tower.log_tail)


def written_entries(pipeline: Pipeline, least: int) -> list[LedgerEntry]:
    """Return all entries that were written, not only the newest."""
    records = pipeline.read([pipeline.settings.topics.ioss_ledger], least)
    return [decode_ledger_entry(record.value()) for record in records]


def shared(towers: Towers) -> list[int]:
    """Return how many partitions each tower has."""
    return [len(health["partitions"]) for health in towers.health()]


@pytest.fixture(scope="module")
def towers(
    apache_kafka: ApacheKafka, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Towers]:
    """Yield a worker and two towers, of which the second came while parcels flowed."""
    folder: Path = tmp_path_factory.mktemp("towers")
    pipeline = Pipeline(apache_kafka, redis_server, folder, **SETTINGS)
    try:
        running = Towers(pipeline)
        running.start_another()
        while not all(health["partitions"] for health in running.health()):
            running.publish(PIECE)
            time.sleep(0.2)
        yield running
    finally:
        pipeline.stop()


@pytest.mark.kafka
def test_store_without_room_ends_the_tower_in_one_line(
    apache_kafka: ApacheKafka,
    start_server: Callable[[EmbeddedStore], EmbeddedStore],
    tmp_path: Path,
) -> None:
    store = start_server(EmbeddedStore())
    pipeline = Pipeline(apache_kafka, store, tmp_path)
    with Redis.from_url(store.url) as client:
        client.config_set("maxmemory", "1mb")
    tower = pipeline.spawn("tower")
    pipeline.publish(pipeline.settings.topics.outcomes, [EXAMPLE])
    try:
        until(lambda: not tower.running, tower.log_tail)
    finally:
        pipeline.stop()
    assert tower.returncode == 1
    assert re.match(r"greenlane: Store: .*used memory > 'maxmemory'", tower.log_tail(1))
    assert "Traceback" not in (tmp_path / "tower-0.log").read_text()


@pytest.mark.kafka
def test_stop_while_the_broker_is_away_ends_the_tower_without_a_traceback(
    apache_kafka: DistantKafka, redis_server: RedisServer, tmp_path: Path
) -> None:
    way = apache_kafka.proxies[0]
    pipeline = Pipeline(apache_kafka, redis_server, tmp_path)
    log = tmp_path / "tower-0.log"
    tower = pipeline.spawn("tower", more={"kafka.bootstrap_servers": way.address})
    try:
        until(lambda: "Worker ready" in log.read_text(), tower.log_tail)
        with cut([way]):
            until(lambda: "Failed fetch messages" in log.read_text(), tower.log_tail)
            tower.stop()
    finally:
        pipeline.stop()
    assert "Traceback" not in log.read_text()


@pytest.mark.kafka
def test_entry_that_comes_late_from_a_broken_connection_is_not_put_after_a_newer_one(
    apache_kafka: DistantKafka, redis_server: RedisServer, tmp_path: Path
) -> None:
    way = apache_kafka.proxies[0]
    pipeline = Pipeline(apache_kafka, redis_server, tmp_path, tower__flush_seconds="0.2")
    tower = pipeline.spawn("tower", more={"kafka.bootstrap_servers": way.address})
    try:
        until(lambda: "Worker ready" in tower.log_tail(1_000), tower.log_tail)
        way.hold(PRODUCE)
        count_deltas(pipeline, tower, 1)
        count_deltas(pipeline, tower, 2)
        assert way.deliver()
    finally:
        pipeline.stop()
    entries = written_entries(pipeline, 2)
    assert [entry.offset for entry in entries] == [0, 1]


@pytest.mark.kafka
def test_entry_that_a_tower_taken_for_dead_writes_last_is_not_what_the_next_one_goes_on_from(
    apache_kafka: DistantKafka, redis_server: RedisServer, tmp_path: Path
) -> None:
    pipeline = Pipeline(apache_kafka, redis_server, tmp_path, tower__flush_seconds="0.2")
    topics = pipeline.settings.topics
    tower = pipeline.spawn("tower")
    try:
        count_deltas(pipeline, tower, 1)
        count_deltas(pipeline, tower, 2)
        tower.stop()
        first, _ = pipeline.read([topics.ioss_ledger], 2)
        producer = plain_producer(pipeline.settings.kafka)
        producer.produce(topics.ioss_ledger, first.value(), first.key(), first.partition())
        assert producer.flush(PATIENCE_SECONDS) == 0
        tower.start()
        count_deltas(pipeline, tower, 4)
    finally:
        pipeline.stop()
    entries = written_entries(pipeline, 4)
    parcels = [sum(line.parcels for line in entry.lines) for entry in entries]
    assert parcels == [parcels[0] * many for many in (1, 2, 1, 3)]


@pytest.mark.kafka
def test_two_towers_share_the_partitions_and_count_every_parcel_once(towers: Towers) -> None:
    until(towers.counted, towers.health)
    assert sorted(one for health in towers.health() for one in health["partitions"]) == [0, 1]
    supplies, wrong = settled(towers.pipeline, month())
    assert wrong == []
    (key, amounts), *_ = supplies.items()
    lines = towers.get(f"/ioss/{key.ioss}")
    expected = (key.month, key.destination, amounts.parcels, decimal_of(amounts.vat))
    assert expected in [
        (one["month"], one["destination"], one["parcels"], one["vat"]) for one in lines
    ]


@pytest.mark.kafka
def test_kill_one_tower_while_parcels_flow_leaves_equal_totals_to_the_other(
    towers: Towers,
) -> None:
    """`python -m bench.tower kills` does the same twenty times."""
    until(towers.counted, towers.health)
    before = towers.published
    towers.publish(PARCELS)
    until(lambda: sum(towers.parcels()) > before, towers.health)
    towers.kill(1)
    until(towers.counted, towers.health)
    supplies, wrong = settled(towers.pipeline, month())
    assert wrong == []
    assert 0 < sum(amounts.parcels for amounts in supplies.values()) < towers.published


@pytest.mark.kafka
def test_page_shows_lanes_holds_and_durations(towers: Towers, tmp_path: Path) -> None:
    until(lambda: bool(towers.get("/bottlenecks")))
    text = shown(towers.address(), tmp_path)
    held = towers.get("/holds")
    assert "live, newest parcel" in text
    assert towers.get("/lanes")[0]["series"].removeprefix("lane:") in text
    assert not held or held[0]["item_id"] in text
    assert towers.get("/bottlenecks")[0]["where"] in text


@pytest.mark.kafka
def test_trace_tells_what_happened_to_a_held_parcel_in_order(towers: Towers) -> None:
    pipeline = towers.pipeline
    holds = pipeline.read([pipeline.settings.topics.hold], 10)
    item_id = decode_decision(holds[0].value()).item_id
    told = traced(pipeline.settings, item_id, utc_now() - timedelta(hours=1))
    assert [one.what for one in told][:2] == ["manifest", "hold"]
    assert told == sorted(told, key=lambda one: one.at)


@pytest.mark.kafka
def test_correction_stands_in_the_month_that_states_it(towers: Towers, tmp_path: Path) -> None:
    file = tmp_path / "corrections.ndjson"
    file.write_bytes(
        b'{"correction_id": "c-1", "ioss": "IM2760000742", "month": "2026-12",'
        b' "corrects": "2026-11", "destination": "DE", "currency": "EUR", "vat": -359}\n'
    )
    settings = towers.pipeline.settings
    for _ in range(2):
        assert publish_corrections(settings, file) == 1
    until(lambda: ("IM2760000742", "2026-12") in read_entries(settings))
    ((key, amounts),) = rows_of(read_entries(settings), "2026-12").items()
    assert (key.kind, key.corrects, amounts.vat) == (CORRECTION, "2026-11", -359)


@pytest.mark.kafka
def test_alert_reaches_decisions_and_expires(towers: Towers) -> None:
    pipeline = towers.pipeline
    parcels = simulated(100_000, seed=99)
    platform = f"platform:{msgspec.json.decode(next(parcels))['platform_id']}"
    told: list[Decision] = []

    def is_told() -> bool:
        pipeline.publish(pipeline.settings.topics.alerts, [encode(spike(platform))])
        during = decisions_of(pipeline, list(itertools.islice(parcels, PIECE)))
        told[:] = [one for one in during if any(why.code == "LANE-SPIKE" for why in one.reasons)]
        return bool(told)

    until(is_told)
    assert all("+alerts-" in one.rules_version for one in told)
    until(lambda: not in_force(decisions_of(pipeline, list(itertools.islice(parcels, 5)))))


@pytest.mark.kafka
def test_spike_that_the_tower_finds_comes_back_to_decisions_as_a_reason(towers: Towers) -> None:
    """It is the last test: the stream's time goes on by a quarter of an hour."""
    pipeline = towers.pipeline
    manifest = msgspec.json.decode(next(simulated(1, seed=7)))
    names = (f"spike-{number}" for number in itertools.count())
    parcels = (msgspec.json.encode({**manifest, "item_id": name}) for name in names)
    start = int(time.time())
    # A parcel every ten seconds, for as long as it takes to know what is usual after the first.
    usual = [start + seconds for seconds in range(10, USUAL_SECONDS, 10)]
    many = [start + USUAL_SECONDS + number % 20 for number in range(PIECE)]
    afterwards = [start + USUAL_SECONDS + 40]
    for seconds in ([start], usual, many, afterwards):
        publish_at(pipeline, zip(parcels, seconds, strict=False))
        until(lambda last=seconds[-1]: seen(towers) >= last, towers.health)
    told: list[str] = []

    def is_told() -> bool:
        decided = decisions_of(pipeline, list(itertools.islice(parcels, 20)))
        told[:] = [why.text for one in decided for why in one.reasons if why.code == "LANE-SPIKE"]
        return bool(told)

    until(is_told, lambda: towers.get("/alerts"))
    assert "far more" not in told[0]  # that is what the alert of another test says
    assert {one["about"] for one in towers.get("/alerts") if one["kind"] == "spike"} >= {
        f"platform:{manifest['platform_id']}"
    }
    sent = pipeline.read([pipeline.settings.topics.alerts], least=1)
    assert ("ce_source", SOURCE.encode()) in (sent[-1].headers() or [])


def seen(towers: Towers) -> int:
    """Return the newest second that the towers have counted."""
    return max(health.get("latest_second") or 0 for health in towers.health())


def spike(about: str) -> Alert:
    """Return an alert that holds for a moment."""
    raised = utc_now()
    return Alert(
        schema_version=1,
        alert_id="a-1",
        kind="spike",
        about=about,
        raised_at=raised,
        text=f"{about}: far more than usual",
        expires_at=raised + timedelta(seconds=LASTS_SECONDS),
    )


def in_force(decisions: list[Decision]) -> bool:
    """Return whether decisions were made while an alert was in force."""
    assert decisions
    return any("+alerts-" in one.rules_version for one in decisions)


def decisions_of(pipeline: Pipeline, values: list[bytes]) -> list[Decision]:
    """Publish manifests and return what is decided about them."""
    wanted = {msgspec.json.decode(value)["item_id"] for value in values}
    pipeline.publish(pipeline.settings.topics.manifests, values)
    found: dict[str, Decision] = {}
    deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE_SECONDS)
    while len(found) < len(wanted) and datetime.now(UTC) < deadline:
        records = pipeline.read(pipeline.decided, len(wanted))
        decisions = (decode_decision(record.value()) for record in records)
        found = {one.item_id: one for one in decisions if one.item_id in wanted}
    return list(found.values())
