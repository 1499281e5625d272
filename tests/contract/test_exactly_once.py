"""What every broker must promise, for the worker and the learner to be exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise

import pytest
from confluent_kafka import KafkaException, Producer

from scorers.profiles.units import Source
from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError, Span
from streams.kafka.clients import transactional_consumer, transactional_producer
from streams.kafka.connections import ConnectionLog
from streams.kafka.exactly_once import ExactlyOnceLoop
from streams.kafka.handling import AtOnce, Handler, Work
from streams.kafka.producing import Output
from streams.kafka.transactions import open_transactions
from tests.pipeline import Pipeline

WAIT = 0.3

Function = Callable[[Batch], list[Output]]


def copying(pipeline: Pipeline) -> Function:
    """Return a handler that copies manifests to the topic of cleared ones."""
    target = pipeline.settings.topics.clear

    def handler(batch: Batch) -> list[Output]:
        return [Output(target, message.key(), message.value()) for message in batch.messages]

    return handler


class Ahead(AtOnce):
    """Begins a batch while the one before it is not finished."""

    ahead = True


def make_loop(
    pipeline: Pipeline,
    function: Function,
    name: str = "a",
    handler: Callable[[Function], Handler] = AtOnce,
) -> ExactlyOnceLoop:
    """Return a loop over the manifests as a member of the test's group."""
    settings = pipeline.settings
    return ExactlyOnceLoop(
        transactional_consumer(settings.kafka, settings.worker.group),
        open_transactions(settings.kafka, f"{settings.worker.group}-{name}"),
        [settings.topics.manifests],
        handler(function),
        pause=lambda _: None,
    )


def raw_producer(pipeline: Pipeline, name: str) -> Producer:
    """Return a transactional producer of the client library, not yet initialised."""
    name = f"{pipeline.settings.topics.clear}-{name}"
    return transactional_producer(pipeline.settings.kafka, name, ConnectionLog())


both = pytest.mark.parametrize("handler", [AtOnce, Ahead])


def run_until(loop: ExactlyOnceLoop, enough: Callable[[], bool], size: int = 10) -> int:
    """Step until enough is done, or for a hundred steps; return the number committed."""
    done = 0
    for _ in range(100):
        done += loop.step(size, WAIT)
        if enough():
            break
    return done


def copied(pipeline: Pipeline, least: int) -> list[bytes | None]:
    """Return what a reader of committed records sees."""
    records = pipeline.read([pipeline.settings.topics.clear], least)
    return sorted(record.value() or b"" for record in records)


def numbered(count: int) -> list[bytes]:
    """Return distinct values in order."""
    return [b"%05d" % number for number in range(count)]


@both
def test_step_records_at_hand_commits_each_once(pipeline: Pipeline, handler: type[AtOnce]) -> None:
    values = numbered(100)
    pipeline.publish(pipeline.settings.topics.manifests, values)
    with closing(make_loop(pipeline, copying(pipeline), handler=handler)) as loop:
        seen: list[int] = []
        while sum(seen) < len(values):
            seen.append(loop.step(30, WAIT))
    assert copied(pipeline, len(values)) == values
    assert max(seen) <= 30


def test_send_of_no_batch_is_committed_and_batches_go_on(pipeline: Pipeline) -> None:
    values = numbered(10)
    target = pipeline.settings.topics.clear
    with closing(make_loop(pipeline, copying(pipeline))) as loop:
        assert loop.send([Output(target, None, b"apart")])
        pipeline.publish(pipeline.settings.topics.manifests, values)
        run_until(loop, lambda: len(copied(pipeline, 1)) == len(values) + 1)
    assert copied(pipeline, len(values) + 1) == [*values, b"apart"]


def test_restart_after_commit_reads_nothing_again(pipeline: Pipeline) -> None:
    pipeline.publish(pipeline.settings.topics.manifests, numbered(20))
    done: list[int] = []
    for _ in range(2):
        with closing(make_loop(pipeline, copying(pipeline))) as loop:
            done += [loop.step(50, WAIT) for _ in range(7)]
    assert sum(done) == 20
    assert copied(pipeline, 20) == numbered(20)


def test_handler_failure_mid_batch_leaves_the_batch_to_the_next(pipeline: Pipeline) -> None:
    pipeline.publish(pipeline.settings.topics.manifests, numbered(10))

    def failing(_: Batch) -> list[Output]:
        raise ZeroDivisionError

    with closing(make_loop(pipeline, failing)) as loop, pytest.raises(ZeroDivisionError):
        run_until(loop, lambda: False)
    done = 0
    with closing(make_loop(pipeline, copying(pipeline))) as loop:
        while done < 10:
            done += loop.step(10, WAIT)
    assert copied(pipeline, 10) == numbered(10)


@both
def test_step_gives_the_handler_spans_that_join_up(
    pipeline: Pipeline, handler: type[AtOnce]
) -> None:
    seen: dict[Source, list[Span]] = {}
    copy = copying(pipeline)

    def noting(batch: Batch) -> list[Output]:
        for source, span in batch.spans.items():
            seen.setdefault(source, []).append(span)
        return copy(batch)

    pipeline.publish(pipeline.settings.topics.manifests, numbered(60))
    with closing(make_loop(pipeline, noting, handler=handler)) as loop:
        done = 0
        while done < 60:
            done += loop.step(7, WAIT)
    for spans in seen.values():
        assert spans[0].start == 0
        assert all(before.end == after.start for before, after in pairwise(spans))
    assert len(seen) < sum(map(len, seen.values()))


@both
def test_handler_that_needs_more_gets_the_batch_again_as_far_as_it_asks(
    pipeline: Pipeline, handler: type[AtOnce]
) -> None:
    ends: dict[Source, list[int]] = {}
    copy = copying(pipeline)

    def asking(batch: Batch) -> list[Output]:
        first = not ends
        for source, span in batch.spans.items():
            ends.setdefault(source, []).append(span.end)
        source, span = next(iter(batch.spans.items()))
        if first:
            raise IncompleteBatchError(source, span.end + 2)
        return copy(batch)

    pipeline.publish(pipeline.settings.topics.manifests, numbered(60))
    with closing(make_loop(pipeline, asking, handler=handler)) as loop:
        done = 0
        while done < 60:
            done += loop.step(3, WAIT)
    asked = next(iter(ends.values()))
    assert asked[1] >= asked[0] + 2
    assert copied(pipeline, 60) == numbered(60)


class Watched(Ahead):
    """Notes what happens to batches."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.events: list[str] = []

    def begin(self, batch: Batch) -> Work:
        self.events.append("begin")
        work = super().begin(batch)
        return Noted(lambda: self._finish(work), lambda: self.events.append("drop"))

    def _finish(self, work: Work) -> Sequence[Output]:
        self.events.append("finish")
        return work.finish()


@dataclass
class Noted:
    """A batch whose end is noted."""

    finish: Callable[[], Sequence[Output]]
    drop: Callable[[], None]


def test_step_ahead_begins_each_batch_before_the_one_before_it_is_finished(
    pipeline: Pipeline,
) -> None:
    pipeline.publish(pipeline.settings.topics.manifests, numbered(40))
    handler = Watched(copying(pipeline))
    with closing(make_loop(pipeline, copying(pipeline), handler=lambda _: handler)) as loop:
        done = 0
        while done < 40:
            done += loop.step(2, WAIT)
    events = "".join(event[0] for event in handler.events)
    assert "bbf" in events
    assert events.count("b") == events.count("f")
    assert copied(pipeline, 40) == numbered(40)


def test_postponed_batch_drops_the_next_and_both_are_read_again(pipeline: Pipeline) -> None:
    refused: list[int] = []
    copy = copying(pipeline)

    def refusing(batch: Batch) -> list[Output]:
        if len(refused) < 3:
            refused.append(len(batch.messages))
            raise PostponedError("not now")
        return copy(batch)

    pipeline.publish(pipeline.settings.topics.manifests, numbered(40))
    handler = Watched(refusing)
    with closing(make_loop(pipeline, copy, handler=lambda _: handler)) as loop:
        done = 0
        while done < 40:
            done += loop.step(5, WAIT)
    assert "drop" in handler.events
    assert copied(pipeline, 40) == numbered(40)


class Short(Ahead):
    """Finds when finishing its first batch that it ends too early; begins no other meanwhile."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.ends: list[tuple[Source, int]] = []
        self._told = False

    def begin(self, batch: Batch) -> Work:
        if self.ends and not self._told:
            raise PostponedError("the batch before has to be read again")
        source = self.ends[0][0] if self.ends else next(iter(batch.spans))
        self.ends.append((source, batch.spans[source].end if source in batch.spans else 0))
        work = super().begin(batch)
        return work if self._told else Noted(self._tell, work.drop)

    def _tell(self) -> Sequence[Output]:
        self._told = True
        source, end = self.ends[0]
        raise IncompleteBatchError(source, end + 2)


def test_batch_that_ends_too_early_reaches_as_far_as_it_must_though_the_next_one_was_postponed(
    pipeline: Pipeline,
) -> None:
    pipeline.publish(pipeline.settings.topics.manifests, numbered(60))
    handler = Short(copying(pipeline))
    with closing(make_loop(pipeline, copying(pipeline), handler=lambda _: handler)) as loop:
        done = 0
        while done < 60:
            done += loop.step(3, WAIT)
    assert handler.ends[1][1] >= handler.ends[0][1] + 2
    assert copied(pipeline, 60) == numbered(60)


@pytest.mark.embedded_gap("aborted records are visible to read_committed")
def test_abort_after_produce_shows_readers_nothing(pipeline: Pipeline) -> None:
    topic = pipeline.settings.topics.clear
    producer = raw_producer(pipeline, "abort")
    producer.init_transactions(10)
    producer.begin_transaction()
    producer.produce(topic, b"aborted")
    producer.flush(10)
    producer.abort_transaction()
    producer.begin_transaction()
    producer.produce(topic, b"committed")
    producer.commit_transaction()
    assert copied(pipeline, 1) == [b"committed"]


@pytest.mark.embedded_gap("a fenced producer can still commit")
def test_commit_by_fenced_producer_is_refused_and_its_records_stay_hidden(
    pipeline: Pipeline,
) -> None:
    topic = pipeline.settings.topics.clear
    zombie, successor = (raw_producer(pipeline, "fenced") for _ in range(2))
    zombie.init_transactions(10)
    zombie.begin_transaction()
    zombie.produce(topic, b"zombie")
    zombie.flush(10)
    successor.init_transactions(10)
    with pytest.raises(KafkaException) as refused:
        zombie.commit_transaction(10)
    assert refused.value.args[0].fatal()
    successor.begin_transaction()
    successor.produce(topic, b"successor")
    successor.commit_transaction(10)
    assert copied(pipeline, 1) == [b"successor"]


@both
def test_second_member_joins_mid_stream_each_record_once(
    pipeline: Pipeline, handler: type[AtOnce]
) -> None:
    values = numbered(2_000)
    pipeline.publish(pipeline.settings.topics.manifests, values)
    done: list[int] = []

    def work(name: str) -> None:
        with closing(make_loop(pipeline, copying(pipeline), name, handler)) as loop:
            for _ in range(200):
                done.append(loop.step(40, WAIT))
                if sum(done) >= len(values):
                    return

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert copied(pipeline, len(values)) == values
