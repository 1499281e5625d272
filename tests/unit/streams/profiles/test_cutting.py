"""A batch is cut so that each record counts once, whoever read it how far before dying."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.profiles import InFlight, PositionError, Resumed, Source, StoreLostError
from streams.kafka.batch import IncompleteBatchError, Span
from streams.profiles.cutting import Piece, UnitCutter
from tests.factories import PROPERTY
from tests.unit.streams.profiles.fakes import SOURCE, Server, Session

LENGTH = 40


class Worker:
    """A worker that reads batches and may die or lose its answer before it commits."""

    def __init__(self, server: Server, name: str) -> None:
        self._session = Session(server, name)
        self._cutter = UnitCutter(self._session, self._session.apply)  # type: ignore[arg-type]
        self.pieces: list[Piece] = []
        self.is_shut_out = False

    def handle(self, start: int, end: int, *, begins: bool = False) -> int:
        """Handle records from `start` on, up to `end` or further; return how far."""

        def send(pieces: list[Piece]) -> InFlight[None]:
            self.pieces = pieces
            return InFlight(lambda: self._session.visit(pieces, start))

        self._cutter.note({SOURCE: Span(start, end, begins)})
        if self.is_shut_out:
            return end
        try:
            self._cutter.send({SOURCE: Span(start, end, begins)}, send).receive()
        except IncompleteBatchError as error:
            return self.handle(start, error.until, begins=begins)
        return end


attempts = st.tuples(st.integers(0, 2), st.integers(1, 9), st.booleans())
"""Who handles a batch of which size, and whether it is committed."""


@given(st.lists(attempts, max_size=40))
@PROPERTY
def test_cut_batches_of_workers_that_die_before_commits_applies_each_record_once_in_order(
    tried: list[tuple[int, int, bool]],
) -> None:
    server = Server()
    workers = [Worker(server, name) for name in "abc"]
    committed, last = 0, [(number, LENGTH, True) for number in range(3)]
    for number, size, commits in [*tried, *last]:
        if committed < LENGTH:
            start, end = committed, min(committed + size, LENGTH)
            end = workers[number].handle(start, end, begins=committed == 0)
            committed = end if commits else committed
    assert committed == LENGTH
    assert server.applied == list(range(LENGTH))


def pieces_of(worker: Worker) -> Sequence[tuple[int, int]]:
    return [(start, end) for _, start, end in worker.pieces]


def test_cut_batch_that_others_began_twice_repeats_both_of_their_units() -> None:
    server = Server()
    first, second, third = (Worker(server, name) for name in "abc")
    first.handle(0, 10, begins=True)
    second.handle(0, 15, begins=True)
    third.handle(0, 30, begins=True)
    assert pieces_of(second) == [(0, 10), (10, 15)]
    assert pieces_of(third) == [(0, 10), (10, 15), (15, 30)]
    assert server.applied == list(range(30))


def test_cut_batch_shorter_than_before_is_handled_as_far_as_before() -> None:
    server = Server()
    Worker(server, "a").handle(0, 20, begins=True)
    assert Worker(server, "b").handle(0, 5, begins=True) == 20


def test_cut_next_batch_of_the_same_worker_resumes_nothing() -> None:
    server = Server()
    worker = Worker(server, "a")
    worker.handle(0, 10, begins=True)
    server.owners[SOURCE] = "nobody"
    server.guards[SOURCE] = 10
    worker.handle(10, 20)  # shut out once, it claims the source again
    assert server.owners[SOURCE] == "a"
    assert server.applied == list(range(20))


def test_cut_batch_of_a_store_that_is_behind_catches_up_first() -> None:
    server = Server()
    Worker(server, "a").handle(0, 10, begins=True)
    Worker(server, "b").handle(25, 30)
    assert server.applied == list(range(30))


def test_cut_batch_whose_partition_began_while_the_store_was_away_catches_up_from_there() -> None:
    server = Server()
    worker = Worker(server, "a")
    worker.is_shut_out = True
    worker.handle(3, 5, begins=True)
    worker.handle(5, 9)
    worker.is_shut_out = False
    worker.handle(9, 12)
    worker.handle(12, 15)
    assert server.applied == list(range(3, 15))


def test_cut_batch_of_a_store_that_was_emptied_says_so() -> None:
    with pytest.raises(StoreLostError, match="emptied or replaced"):
        Worker(Server(), "a").handle(5, 10)


def test_cut_batch_of_several_partitions_sends_all_units_at_once() -> None:
    session = Session(Server(), "a")
    other = Source(SOURCE.topic, 1)
    cutter = UnitCutter(session, session.apply)  # type: ignore[arg-type]
    spans = {SOURCE: Span(0, 5, True), other: Span(3, 4, True)}
    sent = cutter.send(spans, lambda pieces: InFlight(lambda: pieces)).receive()
    assert sent == [(SOURCE, 0, 5), (other, 3, 4)]


class Counting(Session):
    """Notes which sources are resumed."""

    def __init__(self, server: Server) -> None:
        super().__init__(server, "a")
        self.resumed: list[Source] = []

    def resume(self, source: Source, position: int, *, begin: bool = False) -> Resumed:
        """Note the source."""
        self.resumed.append(source)
        return super().resume(source, position, begin=begin)


def counting() -> tuple[Counting, UnitCutter]:
    session = Counting(Server())
    return session, UnitCutter(session, session.apply)  # type: ignore[arg-type]


def answered(session: Session, pieces: list[Piece]) -> InFlight[str]:
    def receive() -> str:
        session.visit(pieces, 0)
        return "seen"

    return InFlight(receive)


@pytest.mark.parametrize("on_sending", [True, False])
def test_send_refused_once_resumes_and_sends_the_units_again(
    on_sending: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    session, cutter = counting()
    sent: list[list[Piece]] = []

    def refuse() -> str:
        raise PositionError("the partition moved", 0)

    def send(pieces: list[Piece]) -> InFlight[str]:
        sent.append(pieces)
        if len(sent) > 1:
            return answered(session, pieces)
        if on_sending:
            refuse()
        return InFlight(refuse)

    assert cutter.send({SOURCE: Span(0, 3, True)}, send).receive() == "seen"
    assert sent == [[(SOURCE, 0, 3)]] * 2
    assert session.resumed == [SOURCE, SOURCE]
    assert caplog.messages == ["the partition moved; resuming"]


def test_drop_of_what_was_sent_drops_it_and_has_its_sources_resumed() -> None:
    session, cutter = counting()
    dropped: list[Piece] = []
    flight = cutter.send(
        {SOURCE: Span(0, 3, True)},
        lambda pieces: InFlight(lambda: None, lambda: dropped.extend(pieces)),
    )
    flight.drop()
    assert dropped == [(SOURCE, 0, 3)]
    cutter.send({SOURCE: Span(0, 3, True)}, lambda pieces: answered(session, pieces)).receive()
    assert session.resumed == [SOURCE, SOURCE]


def test_send_of_batches_that_follow_resumes_each_partition_once() -> None:
    session, cutter = counting()
    other = Source(SOURCE.topic, 1)
    for source, start in ((SOURCE, 0), (other, 0), (SOURCE, 5), (other, 5)):
        spans = {source: Span(start, start + 5, start == 0)}
        cutter.send(spans, lambda pieces: answered(session, pieces)).receive()
    assert session.resumed == [SOURCE, other]


def test_cut_batch_of_a_store_emptied_after_it_heard_of_a_partition_does_not_begin_it_again() -> (
    None
):
    server = Server()
    worker = Worker(server, "a")
    worker.handle(0, 5, begins=True)
    server.guards.clear()
    server.owners[SOURCE] = "nobody"
    server.guards[SOURCE] = -1
    with pytest.raises(StoreLostError):
        worker.handle(5, 9)
