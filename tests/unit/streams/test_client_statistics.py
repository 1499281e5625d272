"""The client library's figures: the slowest broker counts, and troubles only once."""

from __future__ import annotations

import msgspec
from prometheus_client import REGISTRY

from streams.kafka.statistics import ClientStatistics

BROKER = {"nodeid": 1, "rtt": {"p50": 1_000, "p99": 20_000}, "waitresp_cnt": 2, "txretries": 3}
SLOWER = {"nodeid": 2, "rtt": {"p50": 4_000, "p99": 9_000}, "waitresp_cnt": 1, "txerrs": 1}
BOOTSTRAP = {"nodeid": -1, "rtt": {"p50": 900_000, "p99": 900_000}, "waitresp_cnt": 9}
TOLD = {
    "name": "rdkafka#producer-1",
    "msg_cnt": 10,
    "msg_size": 1_000,
    "brokers": {"a": BROKER, "b": SLOWER, "c": BOOTSTRAP},
    "topics": {"t": {"partitions": {"0": {"fetchq_cnt": 5, "fetchq_size": 50}, "-1": {}}}},
}


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"greenlane_kafka_{name}", {"client": "producer", **labels})


def test_take_tells_the_slowest_broker_and_what_waits() -> None:
    ClientStatistics("producer").take(msgspec.json.encode(TOLD))
    assert value("round_trip_seconds", quantile="0.5") == 0.004
    assert value("round_trip_seconds", quantile="0.99") == 0.02
    assert value("requests_in_flight") == 3
    assert (value("queued_records"), value("queued_bytes")) == (15, 1_050)


def test_take_twice_counts_troubles_once() -> None:
    statistics = ClientStatistics("producer")
    before = value("troubles_total") or 0.0
    for _ in range(2):
        statistics.take(msgspec.json.encode(TOLD))
    assert value("troubles_total") == before + 4


def test_take_of_a_client_without_brokers_is_all_zero() -> None:
    ClientStatistics("producer").take("{}")
    assert value("round_trip_seconds", quantile="0.99") == 0
    assert value("queued_records") == 0
