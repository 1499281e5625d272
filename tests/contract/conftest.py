"""Every contract runs on each broker and store; a known gap is an expected failure, strictly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.embedded import BrokerServer, StoreServer
from tests.pipeline import Pipeline

_STORES = ["redis_server", "embedded_store", "redis_cluster"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that use `broker` or `store` on each of them."""
    if "broker_name" in metafunc.fixturenames:
        gap = next(metafunc.definition.iter_markers("embedded_gap"), None)
        marks = [] if gap is None else [pytest.mark.xfail(strict=True, reason=gap.args[0])]
        embedded = pytest.param("embedded_broker", marks=marks)
        metafunc.parametrize("broker_name", ["apache_kafka", embedded])
    if "store_name" in metafunc.fixturenames:
        metafunc.parametrize("store_name", _STORES)


@pytest.fixture
def broker(broker_name: str, request: pytest.FixtureRequest) -> BrokerServer:
    """One of the brokers."""
    return request.getfixturevalue(broker_name)


@pytest.fixture
def store(store_name: str, request: pytest.FixtureRequest) -> StoreServer:
    """One of the stores."""
    return request.getfixturevalue(store_name)


@pytest.fixture
def pipeline(
    broker: BrokerServer, embedded_store: StoreServer, tmp_path: Path
) -> Iterator[Pipeline]:
    """Topics of the test's own on one of the brokers."""
    made = Pipeline(broker, embedded_store, tmp_path)
    yield made
    made.stop()
