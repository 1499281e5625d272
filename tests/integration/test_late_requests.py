"""Transactions on Apache Kafka whose connections break, or whose broker dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest
from confluent_kafka import Consumer

from scorers.profiles.units import Source
from streams.kafka.batch import Batch, Span
from streams.kafka.clients import reading_consumer
from streams.kafka.positions import committed_position
from streams.kafka.producing import Output
from streams.kafka.transactions import Transactions, open_transactions
from tests.integration.conftest import PipelineMaker
from tests.pipeline import Pipeline
from tests.servers.distant import DistantKafka, stalled
from tests.servers.late import END_TRANSACTION, OFFSETS_OF_TRANSACTION, PRODUCE, LateProxy
from tests.servers.redis_server import RedisServer

pytestmark = pytest.mark.kafka


@pytest.fixture
def late(apache_kafka: DistantKafka) -> LateProxy:
    """The way on which requests can come late."""
    return apache_kafka.proxies[0]


@pytest.fixture
def pipeline(kafka_pipeline: PipelineMaker, late: LateProxy) -> Pipeline:
    """Topics of a broker at the end of that way."""
    return kafka_pipeline(kafka__bootstrap_servers=late.address)


@pytest.fixture
def transactions(pipeline: Pipeline) -> Transactions:
    """Transactions of an id that is this test's own, as its topics are."""
    return open_transactions(pipeline.settings.kafka, pipeline.settings.worker.group)


@pytest.fixture
def consumer(pipeline: Pipeline) -> Iterator[Consumer]:
    """A consumer of the group whose offsets are committed."""
    with closing(reading_consumer(pipeline.settings.kafka, pipeline.settings.worker.group)) as one:
        yield one


def source(pipeline: Pipeline) -> Source:
    """Return the partition that was read."""
    return Source(pipeline.settings.topics.manifests, 0)


def read_up_to(pipeline: Pipeline, consumer: Consumer, end: int) -> Batch:
    """Return a batch of which only the offsets matter."""
    return Batch([], {source(pipeline): Span(0, end)}, consumer.consumer_group_metadata())


def answer(pipeline: Pipeline, value: bytes) -> list[Output]:
    """Return a record to send."""
    return [Output(pipeline.settings.topics.clear, None, value)]


def test_offsets_of_a_former_batch_that_come_late_are_not_committed_again(
    pipeline: Pipeline, transactions: Transactions, consumer: Consumer, late: LateProxy
) -> None:
    late.hold(OFFSETS_OF_TRANSACTION)
    transactions.begin()
    transactions.send_offsets(read_up_to(pipeline, consumer, 10))
    transactions.commit()

    transactions.begin()
    transactions.send_offsets(read_up_to(pipeline, consumer, 20))
    assert late.deliver()
    transactions.commit()

    assert committed_position(consumer, source(pipeline)) == 20


def test_commit_of_a_former_batch_that_comes_late_does_not_commit_half_of_the_next(
    pipeline: Pipeline, transactions: Transactions, late: LateProxy
) -> None:
    late.hold(END_TRANSACTION)
    transactions.begin()
    transactions.send(answer(pipeline, b"first"))
    transactions.commit()

    transactions.begin()
    transactions.send(answer(pipeline, b"half"))
    topics = [pipeline.settings.topics.clear]
    assert len(pipeline.read(topics, 2, "read_uncommitted")) == 2
    assert late.deliver()
    assert [one.value() for one in pipeline.read(topics, 1)] == [b"first"]

    transactions.abort()
    assert [one.value() for one in pipeline.read(topics, 1)] == [b"first"]


def test_connection_that_breaks_while_records_are_sent_delays_a_transaction_and_no_more(
    pipeline: Pipeline, transactions: Transactions, consumer: Consumer, late: LateProxy
) -> None:
    transactions.begin()
    transactions.send(answer(pipeline, b"before"))
    transactions.send_offsets(read_up_to(pipeline, consumer, 5))
    transactions.commit()

    # Now, since the coordinator is asked again and again until that transaction is done with.
    late.hold(PRODUCE)
    transactions.begin()
    transactions.send(answer(pipeline, b"once"))
    transactions.send_offsets(read_up_to(pipeline, consumer, 10))
    transactions.commit()
    assert late.deliver()

    found = [one.value() for one in pipeline.read([pipeline.settings.topics.clear], 2)]
    assert sorted(found) == [b"before", b"once"]
    assert committed_position(consumer, source(pipeline)) == 10


class SlowToCommit(DistantKafka):
    """A broker that writes what ends a transaction by way of a proxy, as to another broker."""

    settings: ClassVar = {"inter.broker.listener.name": "WAY1"}


@pytest.mark.redis
def test_commit_that_the_broker_dies_in_counts_when_it_is_back(
    start_server: Callable[[DistantKafka], DistantKafka], redis_server: RedisServer, tmp_path: Path
) -> None:
    """Apache Kafka 4.3 and 4.4 forget it (KAFKA-20734), so tests and users have another one."""
    broker = start_server(SlowToCommit())
    pipeline = Pipeline(broker, redis_server, tmp_path)
    transactions = open_transactions(pipeline.settings.kafka, pipeline.settings.worker.group)
    topics = [pipeline.settings.topics.clear]
    transactions.begin()
    transactions.send(answer(pipeline, b"counts"))
    assert len(pipeline.read(topics, 1, "read_uncommitted")) == 1
    with stalled([broker.proxies[1]]):
        transactions.commit()
        broker.kill()
    broker.start()

    assert [one.value() for one in pipeline.read(topics, 1)] == [b"counts"]
