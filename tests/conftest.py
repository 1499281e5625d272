"""Servers that tests share, and the rule that a skip is a failure in CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Final, TypeVar

import pytest
from redis import Redis

from streams.embedded import EmbeddedBroker, EmbeddedStore, LocalServer, StoreServer
from tests.servers.distant import DistantKafka
from tests.servers.redis_server import RedisServer
from tests.servers.restarting import ServerUnavailable
from tests.servers.store_cluster import RedisNode, StoreCluster, ValkeyNode

_stores: Final[list[StoreServer]] = []

Server = TypeVar("Server", bound=LocalServer)
Store = TypeVar("Store", bound=StoreServer)
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def in_ci() -> bool:
    """Whether the environment says so; `CI=0` and `CI=false` do not."""
    return os.environ.get("CI", "").strip().lower() not in {"", "0", "false", "no", "off"}


def pytest_configure(config: pytest.Config) -> None:
    """Apply the rule to every test, also to those outside this folder."""
    if in_ci():
        config.pluginmanager.register(SkipIsFailure(), "greenlane-skip-is-failure")


class SkipIsFailure:
    """Turns skips into failures, of tests and of whole files; an expected failure stays one."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Change the report of a skipped test."""
        return _failed_if_skipped((yield))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Change the report of a skipped file."""
        return _failed_if_skipped((yield))


def _failed_if_skipped(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a skip is a failure in CI: {reason}"
    return report


@pytest.fixture(scope="module", autouse=True)
def empty_stores() -> None:
    """Drop what another file left, such as profiles of other settings, which a worker refuses."""
    for store in _stores:
        with Redis.from_url(store.url) as client:
            client.flushall()


@pytest.fixture
def start_server() -> Iterator[Callable[[Server], Server]]:
    """Return a function that starts a server of the test's own, stopped when the test ends."""
    with ExitStack() as stack:

        def start(server: Server) -> Server:
            stack.callback(server.stop)
            return started(server)

        yield start


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[DistantKafka]:
    """The session's Apache Kafka; whoever kills it starts one of their own instead."""
    yield from _serving(DistantKafka())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """The session's Redis, empty when a file begins."""
    yield from _storing(RedisServer())


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[EmbeddedBroker]:
    """The session's embedded broker."""
    yield from _serving(EmbeddedBroker())


@pytest.fixture(scope="session")
def embedded_store() -> Iterator[EmbeddedStore]:
    """The session's embedded store, empty when a file begins."""
    yield from _storing(EmbeddedStore())


@pytest.fixture(scope="session")
def redis_cluster() -> Iterator[StoreCluster]:
    """The session's cluster of Redis nodes."""
    yield from _serving(StoreCluster(RedisNode))


@pytest.fixture(scope="session")
def valkey_cluster() -> Iterator[StoreCluster]:
    """The session's cluster of Valkey nodes."""
    yield from _serving(StoreCluster(ValkeyNode))


def started(server: Server) -> Server:
    """Start `server`, or skip the test (fail it in CI) when this machine cannot run it."""
    try:
        return server.start()
    except ServerUnavailable as reason:
        (pytest.fail if in_ci() else pytest.skip)(str(reason))


def _serving(server: Server) -> Iterator[Server]:
    try:
        yield started(server)
    finally:
        server.stop()


def _storing(store: Store) -> Iterator[Store]:
    for one in _serving(store):
        _stores.append(one)
        yield one
        _stores.remove(one)
