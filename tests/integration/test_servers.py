"""Each server starts, answers, stops without a trace, and dies with the program that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from streams.embedded import BrokerServer, EmbeddedBroker, EmbeddedStore, LocalServer, StoreServer
from streams.processes import LOOPBACK, free_port
from tests.servers.clients import (
    PATIENCE_SECONDS,
    create_topic,
    first_record,
    produce,
    taken_port,
    watched,
)
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer
from tests.servers.restarting import ServerUnavailable

Start = Callable[[Any], Any]

ROOT = Path(__file__).parents[2]
KAFKA = pytest.param("apache_kafka", marks=pytest.mark.kafka)
REDIS = pytest.param("redis_server", marks=pytest.mark.redis)


@pytest.fixture(params=["embedded_broker", KAFKA])
def broker(request: pytest.FixtureRequest) -> BrokerServer:
    server: BrokerServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture(params=["embedded_store", REDIS])
def store(request: pytest.FixtureRequest) -> StoreServer:
    server: StoreServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture(params=["embedded_broker", "embedded_store", KAFKA, REDIS])
def kind(request: pytest.FixtureRequest) -> type[LocalServer]:
    return type(request.getfixturevalue(request.param))


def test_consume_after_produce_returns_the_record(broker: BrokerServer) -> None:
    create_topic(broker, "round-trip")
    produce(broker, "round-trip", b"parcel")
    assert first_record(broker, "round-trip") == b"parcel"


def test_ping_after_start_answers(store: StoreServer) -> None:
    with Redis.from_url(store.url) as client:
        assert client.ping()


def test_stop_while_serving_leaves_no_process_and_no_files(
    kind: type[LocalServer], start_server: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server = start_server(kind())
    with watched(server.pid) as ended:
        server.stop()
        assert ended()
    assert list(tmp_path.iterdir()) == []


def test_parent_killed_while_serving_ends_the_server(
    kind: type[LocalServer], tmp_path: Path
) -> None:
    start = f"from {kind.__module__} import {kind.__name__} as Kind; server = Kind().start()"
    with subprocess.Popen(
        [sys.executable, "-c", f"{start}; print(server.pid, flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as parent:
        assert parent.stdout is not None
        with watched(int(parent.stdout.readline())) as ended:
            parent.send_signal(signal.SIGKILL)
            assert ended()


def test_thread_ended_after_start_keeps_the_server(start_server: Start) -> None:
    store = EmbeddedStore()
    thread = threading.Thread(target=start_server, args=[store])
    thread.start()
    thread.join(PATIENCE_SECONDS)
    with Redis.from_url(store.url) as client:
        assert client.ping()


@pytest.mark.kafka
def test_start_after_kill_keeps_port_and_records(start_server: Start) -> None:
    kafka = start_server(ApacheKafka())
    create_topic(kafka, "kept")
    produce(kafka, "kept", b"parcel")
    address = kafka.bootstrap_servers
    kafka.kill()
    kafka.start()
    assert kafka.bootstrap_servers == address
    assert first_record(kafka, "kept") == b"parcel"


@pytest.mark.redis
@pytest.mark.parametrize("killed", [True, False])
def test_restart_of_redis_keeps_the_port_but_no_data(killed: bool, start_server: Start) -> None:
    server = start_server(RedisServer())
    url = server.url
    with Redis.from_url(url) as client:
        client.set("parcel", "held")
        if killed:
            server.kill()
        server.restart()
        assert client.get("parcel") is None


@pytest.mark.redis
def test_connect_without_the_password_is_refused(start_server: Start) -> None:
    server = start_server(RedisServer(password="secret", maxmemory="64mb"))
    with Redis.from_url(server.url, decode_responses=True) as client:
        assert client.config_get("maxmemory") == {"maxmemory": str(64 * 1024**2)}
    with Redis.from_url(f"redis://{server.address}") as client, pytest.raises(AuthenticationError):
        client.ping()


@pytest.mark.parametrize(
    "kind",
    [EmbeddedBroker, EmbeddedStore, pytest.param(ApacheKafka, marks=pytest.mark.kafka)],
)
def test_start_on_a_taken_port_takes_another(kind: Callable[..., Any], start_server: Start) -> None:
    with taken_port() as taken:
        proposals = iter([taken])
        server = start_server(kind(lambda: next(proposals, None) or free_port()))
        assert server.address != f"{LOOPBACK}:{taken}"


def test_skip_in_ci_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_skip(): pytest.skip('no server')\n"
        "@pytest.mark.xfail(strict=True)\n"
        "def test_known_gap(): raise ValueError\n"
    )
    (tmp_path / "test_file.py").write_text("import pytest\npytest.skip(allow_module_level=True)\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-c", os.devnull, "--continue-on-collection-errors", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 1 xfailed, 1 error" in done.stdout
    assert "a skip is a failure in CI: Skipped: no server" in done.stdout


@pytest.mark.parametrize(
    ("server", "missing"),
    [(ApacheKafka(), "needs Java 17"), (RedisServer(), "redis-server is not installed")],
)
def test_start_without_the_program_says_what_is_missing(
    server: LocalServer, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServerUnavailable, match=missing):
        server.start()
