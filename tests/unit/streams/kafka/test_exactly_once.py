"""The loop against a log in memory whose every call can fail: what real brokers do seldom."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import pytest
from confluent_kafka import Message, Producer
from hypothesis import given
from hypothesis import strategies as st

from scorers.profiles.units import Source
from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError, Span
from streams.kafka.connections import ConnectionLog
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.handling import AtOnce, Work
from streams.kafka.producing import Output
from streams.kafka.transactions import TransactionFatalError, Transactions
from streams.metering import LoopMeter, Watched
from tests.factories import PROPERTY
from tests.unit.streams.kafka.broker import (
    ABORT,
    FENCED,
    RETRY,
    TOPIC,
    Broker,
    InMemoryProducer,
    Member,
)

Function = Callable[[Batch], list[Output]]

ABORTS_IN_A_ROW = 10


class Ahead(AtOnce):
    """Begins a batch while the one before it is not finished."""

    ahead = True


both = pytest.mark.parametrize("handler", [AtOnce, Ahead])


def copy(batch: Batch) -> list[Output]:
    """Copy the records."""
    return [Output("copies", None, message.value()) for message in batch.messages]


class Meter(LoopMeter):
    """Keeps what a loop tells of itself."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.seconds: list[float] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.told.append(name)
        yield

    def aborted(self) -> None:
        self.told.append("aborted")

    def committed(self, records: int, newest: Message, seconds: float) -> None:
        self.told.append(f"{records} up to {newest.offset()}")
        self.seconds.append(seconds)

    def went_round(self, loop: Watched) -> None:
        self.told.append(f"{loop.lag()} left")


class Running:
    """A loop with its broker and clients, the batches it handled and the pauses it made."""

    def __init__(
        self,
        broker: Broker,
        function: Function = copy,
        handler: type[AtOnce] = AtOnce,
        meter: Meter | None = None,
    ) -> None:
        self.broker = broker
        self.member = Member(broker)
        self.producers: list[InMemoryProducer] = []
        self.pauses: list[float] = []
        self.commits: list[int] = []
        self.spans: list[dict[Source, Span]] = []

        def noting(batch: Batch) -> list[Output]:
            self.spans.append(batch.spans)
            return function(batch)

        self.loop = ExactlyOnceLoop(
            self.member,  # type: ignore[arg-type]
            Transactions(self._make),
            [TOPIC],
            handler(noting),
            lambda: self.commits.append(len(broker.outputs)),
            self.pauses.append,
            meter,
        )

    def _make(self, connections: ConnectionLog) -> Producer:
        self.producers.append(InMemoryProducer(self.broker, connections))
        return cast("Producer", self.producers[-1])

    def steps(self, count: int, size: int = 10) -> list[int]:
        """Return how many records each of some steps committed."""
        return [self.loop.step(size, 0.0) for _ in range(count)]


@both
def test_step_records_at_hand_commits_outputs_and_offsets_together(handler: type[AtOnce]) -> None:
    running = Running(Broker(range(5), range(100, 103)), handler=handler)
    done = running.steps(6, size=4)
    assert sum(done) == 8
    assert sorted(running.broker.outputs) == sorted(running.broker.values)  # type: ignore[type-var]
    assert running.broker.committed == {0: 5, 1: 103}
    assert [len(spans) for spans in running.spans] == [1, 2]


@pytest.mark.parametrize(
    ("records", "done"), [(8, [0, 8]), (2, [0, 2]), (1, [1, 0])], ids=["full", "large", "small"]
)
def test_step_ahead_leaves_only_a_large_batch_for_the_next_step(
    records: int, done: list[int]
) -> None:
    running = Running(Broker(range(records)), handler=Ahead)
    assert running.steps(2, size=8) == done


def test_step_ahead_with_a_small_batch_after_a_large_one_finishes_both() -> None:
    running = Running(Broker(range(9)), handler=Ahead)
    assert running.steps(2, size=8) == [0, 9]
    assert running.broker.outputs == running.broker.values


@pytest.mark.parametrize("call", ["produce", "offsets", "commit"])
@both
def test_step_whose_transaction_must_be_aborted_reads_the_batch_again(
    call: str, handler: type[AtOnce]
) -> None:
    broker = Broker(range(6))
    broker.fail(call, ABORT, 1)
    running = Running(broker, handler=handler)
    running.steps(6, size=2)
    assert broker.outputs == broker.values
    assert running.loop.aborts == broker.calls.count("abort") == 1


@both
def test_step_after_every_third_commit_failed_answers_each_record_once(
    handler: type[AtOnce],
) -> None:
    broker = Broker(range(40))
    broker.fail("commit", ABORT, *range(0, 40, 3))
    running = Running(broker, handler=handler)
    running.steps(60, size=2)
    assert broker.outputs == broker.values


def test_step_failing_again_and_again_gives_up_after_ten_aborts() -> None:
    broker = Broker(range(3))
    broker.fail("commit", ABORT, *range(ABORTS_IN_A_ROW + 1))
    running = Running(broker)
    assert running.steps(ABORTS_IN_A_ROW) == [0] * ABORTS_IN_A_ROW
    with pytest.raises(TransactionFatalError, match=r"^10 aborts in a row: abort$"):
        running.loop.step(10, 0.0)
    assert running.loop.aborts == ABORTS_IN_A_ROW + 1
    assert broker.calls.count("abort") == ABORTS_IN_A_ROW


def test_step_that_commits_begins_the_count_of_aborts_anew() -> None:
    broker = Broker(range(4))
    broker.fail("commit", ABORT, *range(ABORTS_IN_A_ROW))
    broker.fail("commit", ABORT, *range(ABORTS_IN_A_ROW + 1, 2 * ABORTS_IN_A_ROW + 1))
    running = Running(broker)
    assert sum(running.steps(2 * ABORTS_IN_A_ROW + 2, size=2)) == 4


@pytest.mark.parametrize("call", ["begin", "produce", "offsets", "commit"])
def test_step_of_a_fenced_producer_ends_the_loop_and_commits_nothing(call: str) -> None:
    broker = Broker(range(3))
    broker.fail(call, FENCED, 0)
    with pytest.raises(TransactionFatalError, match=r"^_FENCED: fenced$"):
        Running(broker).loop.step(10, 0.0)
    assert (broker.outputs, broker.committed) == ([], {})


@pytest.mark.parametrize("call", ["init", "begin", "offsets", "commit"])
def test_call_that_may_be_repeated_is_repeated(call: str) -> None:
    broker = Broker(range(3))
    broker.fail(call, RETRY, 0)
    running = Running(broker)
    assert running.steps(1) == [3]
    assert broker.calls.count(call) == 2
    assert running.loop.aborts == 0


@both
def test_step_after_a_connection_broke_lets_nothing_count_that_comes_late(
    handler: type[AtOnce],
) -> None:
    broker = Broker(range(12))
    broker.break_connection(1)
    running = Running(broker, handler=handler)
    while broker.calls.count("commit") < 3:
        running.steps(1, size=2)
    running.loop.close()
    # What was committed is where the next member reads on.
    running = Running(broker, handler=handler)
    running.steps(8, size=2)
    assert broker.outputs == broker.values


def test_step_while_connections_hold_stays_with_its_producer() -> None:
    running = Running(Broker(range(12)))
    running.steps(6, size=2)
    assert len(running.producers) == 1


def test_step_after_a_connection_broke_has_one_new_producer() -> None:
    broker = Broker(range(12))
    broker.break_connection(0, 3)
    running = Running(broker)
    assert running.steps(6, size=2) == [2] * 6
    assert len(running.producers) == 3


def test_step_whose_new_producer_cannot_begin_ends_the_loop() -> None:
    broker = Broker(range(4))
    broker.break_connection(0)
    broker.fail("init", FENCED, 1)
    running = Running(broker)
    with pytest.raises(TransactionFatalError, match=r"^_FENCED: fenced$"):
        running.steps(2, size=2)


def test_step_with_a_full_queue_waits_until_there_is_room() -> None:
    running = Running(Broker(range(3)))
    running.producers[0].full_for = 2
    assert running.steps(1) == [3]
    assert running.broker.outputs == running.broker.values


def test_step_tells_of_each_commit_once_it_is_made() -> None:
    running = Running(Broker(range(5)))
    running.steps(4, size=2)
    assert running.commits == [2, 4, 5]


def test_step_tells_its_meter_of_each_stage_and_of_what_came_of_it() -> None:
    broker, meter = Broker(range(5)), Meter()
    broker.fail("commit", ABORT, 1)
    running = Running(broker, meter=meter)
    running.steps(2, size=3)
    stages = ["read", "ask", "screen", "produce", "commit"]
    expected = ["5 left", *stages, "3 up to 2", "2 left", *stages, "aborted"]
    assert meter.told == expected
    assert 0 <= meter.seconds[0] < 3_600


def test_step_of_a_postponed_batch_pauses_and_reads_it_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused = iter([True, True, False, False])

    def postponing(batch: Batch) -> list[Output]:
        if next(refused):
            raise PostponedError("the store is away")
        return copy(batch)

    running = Running(Broker(range(4)), postponing)
    assert running.steps(4, size=2) == [0, 0, 2, 2]
    assert running.pauses == [0.5, 0.5]
    assert running.broker.outputs == running.broker.values
    assert "the store is away; trying again" in caplog.text
    assert running.broker.calls.count("abort") == 0


@pytest.mark.parametrize(
    ("refused", "aborted", "pauses"), [({0}, (), [0.5]), ({1}, (), [0.5]), ({1}, (0,), [])]
)
def test_step_ahead_whose_next_batch_is_postponed_reads_again_what_is_not_committed(
    refused: set[int], aborted: Sequence[int], pauses: list[float]
) -> None:
    begun = iter(range(100))

    class Hesitant(Ahead):
        def begin(self, batch: Batch) -> Work:
            if next(begun) in refused:
                raise PostponedError("not yet")
            return super().begin(batch)

    broker = Broker(range(8))
    broker.fail("commit", ABORT, *aborted)
    running = Running(broker, handler=Hesitant)
    running.steps(8, size=2)
    assert running.pauses == pauses
    assert broker.outputs == broker.values


def test_step_ahead_waits_for_records_only_while_nothing_is_begun() -> None:
    running = Running(Broker(range(4)), handler=Ahead)
    for _ in range(4):
        running.loop.step(1, 0.3)
    assert running.member.waits == [0.3, 0.0, 0.0, 0.0]


@both
def test_step_of_a_batch_that_ends_too_early_reads_it_again_and_further(
    handler: type[AtOnce],
) -> None:
    running: Running

    def wanting(batch: Batch) -> list[Output]:
        (source, span), *_ = batch.spans.items()
        if span.start == 2 and span.end < 7:
            raise IncompleteBatchError(source, 7)
        return copy(batch)

    running = Running(Broker(range(10)), wanting, handler)
    assert sum(running.steps(20, size=2)) == 10
    assert running.broker.outputs == running.broker.values
    ends = [span.end for spans in running.spans for span in spans.values() if span.start == 2]
    assert (ends[0], ends[-1] >= 7) == (4, True)
    assert running.pauses == []


def test_step_of_a_batch_that_cannot_even_begin_before_it_reaches_further_reads_on() -> None:
    tried: list[tuple[int, int]] = []

    class Whole(AtOnce):
        def begin(self, batch: Batch) -> Work:
            (source, span), *_ = batch.spans.items()
            tried.append((span.start, span.end))
            if span.start == 2 and span.end < 7:
                raise IncompleteBatchError(source, 7)
            return super().begin(batch)

    running = Running(Broker(range(10)), handler=Whole)
    assert running.steps(5, size=2) == [2, 0, 0, 6, 2]
    assert tried == [(0, 2), (2, 4), (2, 8), (8, 10)]
    assert running.broker.outputs == running.broker.values
    assert "abort" not in running.broker.calls


def test_step_ahead_tells_the_next_batch_what_is_committed_so_far() -> None:
    running = Running(Broker(range(6)), handler=Ahead)
    running.steps(4, size=2)
    source = Source(TOPIC, 0)
    assert [spans[source] for spans in running.spans] == [
        Span(0, 2, True, 0),
        Span(2, 4, False, 0),
        Span(4, 6, False, 2),
    ]
    assert [spans[source].committed for spans in running.spans] == [0, 0, 2]


@both
def test_move_of_partitions_drops_what_was_begun_and_reads_from_what_is_committed(
    handler: type[AtOnce], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    running = Running(Broker(range(8)), handler=handler)
    running.steps(2, size=2)
    running.member.move()
    assert running.loop.step(2, 0.0) == 0
    running.steps(6, size=2)
    assert running.broker.outputs == running.broker.values
    assert "reading it again" in caplog.text


def test_send_of_no_batch_is_a_transaction_of_its_own() -> None:
    running = Running(Broker(range(2)))
    assert running.loop.send([Output("alerts", None, b"apart")])
    assert running.broker.outputs == [b"apart"]
    assert running.broker.committed == {}


def test_send_while_a_batch_is_begun_is_left_for_later() -> None:
    running = Running(Broker(range(4)), handler=Ahead)
    running.steps(1, size=2)
    assert not running.loop.send([Output("alerts", None, b"apart")])
    assert "begin" not in running.broker.calls


@pytest.mark.parametrize("call", ["produce", "commit"])
def test_send_that_must_be_aborted_says_so_and_batches_go_on(
    call: str, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Broker(range(4))
    broker.fail(call, ABORT, 0)
    running = Running(broker)
    assert not running.loop.send([Output("alerts", None, b"apart")])
    assert "transaction aborted, reading the batch again: abort" in caplog.text
    assert running.steps(1) == [4]
    assert broker.outputs == broker.values


def test_close_gives_up_what_was_begun_and_leaves_the_group() -> None:
    dropped: list[int] = []

    class Noting(Ahead):
        def begin(self, batch: Batch) -> Noting.Work:  # type: ignore[override]
            return Noting.Work(batch)

        class Work:
            def __init__(self, batch: Batch) -> None:
                self._count = len(batch.messages)

            def finish(self) -> Sequence[Output]:
                raise AssertionError

            def drop(self) -> None:
                dropped.append(self._count)

    running = Running(Broker(range(4)), handler=Noting)
    running.steps(1, size=2)
    running.loop.close()
    running.loop.close()
    assert (dropped, running.member.is_closed) == ([2], True)


_FAULTS = st.lists(
    st.tuples(
        st.sampled_from(["produce", "offsets", "commit", "move", "postpone", "end early", "break"]),
        st.integers(0, 12),
    ),
    max_size=6,
)


@given(_FAULTS, st.integers(1, 4), st.sampled_from([AtOnce, Ahead]))
@PROPERTY
def test_step_through_any_faults_answers_each_record_once_in_order(
    faults: list[tuple[str, int]], size: int, handler: type[AtOnce]
) -> None:
    broker = Broker(range(0, 20, 2), range(7))
    for call, number in faults:
        broker.fail(call, ABORT, number)
    broker.break_connection(*(number for what, number in faults if what == "break"))
    planned = {(what, number) for what, number in faults}
    handled = iter(range(1_000))

    def function(batch: Batch) -> list[Output]:
        number = next(handled)
        if ("postpone", number) in planned:
            raise PostponedError("later")
        source, span = next(iter(batch.spans.items()))
        if ("end early", number) in planned:
            raise IncompleteBatchError(source, span.end)
        return copy(batch)

    running = Running(broker, function, handler)
    for step in range(100):
        if ("move", step) in planned:
            running.member.move()
        running.loop.step(size, 0.0)
    assert len(broker.outputs) == len(broker.values)
    for number in range(2):
        mine = [one for one in broker.outputs if one and one.startswith(b"%d:" % number)]
        assert mine == [one.value() for one in broker.log[number]]
