"""The commands as a user runs them, and what they say when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.settings import environment_of
from tests.commands import run_greenlane
from tests.integration.conftest import PipelineMaker
from tests.integration.test_worker_kill import manifests
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

NOWHERE = {
    "GREENLANE_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:9",
    "GREENLANE_STORE__URL": "redis://127.0.0.1:9/0",
}


def assert_one_line(text: str, *parts: str) -> None:
    """Check that a failure was told in one line, without a traceback."""
    assert "Traceback" not in text
    assert len(text.strip().splitlines()) == 1, text
    for part in parts:
        assert part in text


def test_topics_check_before_and_after_create_says_what_is_missing(
    apache_kafka: ApacheKafka,
) -> None:
    overrides = {
        "kafka.bootstrap_servers": apache_kafka.bootstrap_servers,
        "topics.manifests": "commands.manifests",
    }
    environment = environment_of(overrides)
    missing = run_greenlane("topics", "check", environment=environment)
    assert missing.returncode == 1
    assert "commands.manifests: missing; run `greenlane topics create`" in missing.stdout
    created = run_greenlane("topics", "create", environment=environment)
    assert created.returncode == 0
    assert "commands.manifests" in created.stdout
    checked = run_greenlane("topics", "check", environment=environment)
    assert checked.returncode == 0, checked.stdout
    again = run_greenlane("topics", "create", environment=environment)
    assert again.stdout.strip() == "created: nothing, all are there"


def test_publish_file_puts_each_record_on_its_topic(
    kafka_pipeline: PipelineMaker, tmp_path: Path
) -> None:
    pipeline = kafka_pipeline()
    source = tmp_path / "parcels.ndjson"
    values = manifests(50)
    source.write_bytes(b"\n".join(values))
    result = run_greenlane("publish", str(source), environment=environment_of(pipeline.overrides))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("50 records published to ")
    records = pipeline.read([pipeline.settings.topics.manifests], 50)
    assert sorted(record.value() or b"" for record in records) == sorted(values)
    assert all(record.key() for record in records)


def test_doctor_with_all_well_says_so(
    kafka_pipeline: PipelineMaker, redis_server: RedisServer
) -> None:
    pipeline = kafka_pipeline(
        policy__lottery_key="a secret of the test",
        profiles__secret="another secret of the test",
        model__signing_key="a third secret of the test",
    )
    pipeline.store_clear()  # profiles of other tests have other secrets
    result = run_greenlane("doctor", environment=environment_of(pipeline.overrides))
    assert result.returncode == 0, result.stdout
    assert "BAD" not in result.stdout
    assert "secret of the test" not in result.stdout


def test_doctor_without_servers_names_each_and_what_to_do() -> None:
    result = run_greenlane("doctor", environment=NOWHERE)
    assert result.returncode == 1
    bad = [line for line in result.stdout.splitlines() if line.startswith("BAD")]
    assert [line.split()[1] for line in bad] == ["kafka", "store", "lottery", "profile", "signing"]
    assert all("->" in line for line in bad)


@pytest.mark.parametrize(
    ("arguments", "environment", "parts"),
    [
        (("worker",), {"GREENLANE_KAFKA__BOOTSTRAP": "x"}, ("nearest is", "BOOTSTRAP_SERVERS")),
        (("worker",), {"GREENLANE_POLICY__HOLD_SHARE": "3"}, ("policy.hold_share", "got '3'")),
        (("worker",), {"GREENLANE_CONFIG": "no.toml"}, ("GREENLANE_CONFIG", "no.toml")),
        (("learner",), {"GREENLANE_MODEL__SPEC": "x"}, ("Expected a feature spec among",)),
        (("topics", "check"), NOWHERE, ("greenlane doctor",)),
        (("publish", "none.ndjson"), NOWHERE, ("none.ndjson: expected a file",)),
        (("screen", "none.ndjson", "--out", "/dev/null"), {}, ("none.ndjson: expected a file",)),
        (("screen", "x.csv", "--out", "/dev/null", "--adapter", "y"), {}, ("among customs-",)),
    ],
)
def test_command_with_a_users_mistake_fails_in_one_line(
    arguments: tuple[str, ...], environment: dict[str, str], parts: tuple[str, ...]
) -> None:
    result = run_greenlane(*arguments, environment=environment)
    assert result.returncode == 1
    assert_one_line(result.stderr, *parts)


def test_schema_of_a_record_is_json_schema() -> None:
    result = run_greenlane("schema", "decision")
    assert result.returncode == 0
    assert '"$schema": "https://json-schema.org/draft/2020-12/schema"' in result.stdout


def test_schema_in_a_form_that_there_is_not_ends_in_one_line() -> None:
    result = run_greenlane("schema", "asyncapi", "--format", "protobuf")
    assert result.returncode == 1
    assert result.stderr == "greenlane: --format: expected json for asyncapi, got protobuf\n"


@pytest.mark.timeout(120)
def test_demo_without_terminal_decides_all_once_and_sums_up() -> None:
    result = run_greenlane("demo", "--duration", "6", "--rate", "500")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "lost 0, twice 0" in result.stdout
    assert "violations among random holds" in result.stdout


def test_evaluate_declarations_prints_one_object_and_writes_a_page(tmp_path: Path) -> None:
    columns = (
        "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,Payment Type,"
        "Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,"
        "Country of Departure,Country of Origin,Tax Rate,Tax Type,Country of Origin Indicator,"
        "Net Mass,Item Price,Fraud,Critical Fraud"
    )
    rows = [
        f"{n},2020-0{1 + n // 200}-{1 + n % 28:02},4,B,11,21,11,10,D{n % 7},I{n % 50},S{n % 9},,"
        f"{'440890' if n % 3 else '690722'},CN,CN,8.0,A,E,{n % 11 + 1},{n % 13 + 1},"
        f"{int(n % 3 == 0)},0"
        for n in range(600)
    ]
    source, page = tmp_path / "declarations.csv", tmp_path / "page.html"
    source.write_text("\n".join([columns, *rows]))
    options = ("--adapter", "customs-declarations", "--json", "--report", str(page))
    result = run_greenlane("evaluate", *options, "--protocol", "closed-loop", str(source))
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert {"overall", "last_91_days", "exploration", "ece", "records"} <= set(report)
    assert report["overall"]["precision"] > 0.9
    assert "subheading" in page.read_text()
    train = ("--train", str(source), "--test", str(source), "--protocol", "frozen")
    frozen = json.loads(run_greenlane("evaluate", *options, *train).stdout)
    assert set(frozen["precision_at"]) == {"0.01", "0.02", "0.05", "0.10"}
    assert frozen["records"] == 600
