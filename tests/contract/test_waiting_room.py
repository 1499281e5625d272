"""Cases in each store: what was committed is known, what an aborted try left is not."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from scorers.profiles.units import Source
from streams.cases import Arrival, Case, Label, is_violation
from streams.embedded import StoreServer
from streams.guarding import GuardLimits, LabelGuard
from streams.kafka.batch import Span
from streams.kafka.positions import Positions
from streams.kafka.transactions import TransactionFatalError
from streams.labelling import Labeller
from streams.settings import StoreSettings
from streams.store import connect
from streams.waiting import WaitingRoom
from tests.unit.streams.arrivals import Log, hold, make_outcome, outcome

INPUT = Source("outcomes", 0)


class Desk:
    """The join step on a store: batches of one partition, committed or not."""

    def __init__(self, store: StoreServer) -> None:
        client = connect(StoreSettings(url=store.url))
        client.flushdb()
        self.positions = Positions(lambda _: 0)
        self.room = WaitingRoom(client, 60, self.positions.is_committed)
        self.labeller = Labeller(LabelGuard(GuardLimits()), Log(action="hold"))

    def take(
        self, arrivals: Sequence[Arrival], start: int, commit: bool = True
    ) -> list[tuple[str, bool, bool | None]]:
        """Return decision, label and former label of what a batch teaches."""
        placed = [
            one._replace(read_at=f"outcomes:0:{offset}")
            for offset, one in enumerate(arrivals, start)
        ]
        spans = {INPUT: Span(start, start + len(placed))}
        self.positions.begin(spans)
        cases = self.room.cases(one.decision_id for one in placed)
        lessons = self.labeller.lessons(placed, cases)
        self.room.keep(cases)
        if commit:
            self.positions.commit(spans)
            learnt = {one.decision.decision_id for one in lessons}
            self.room.forget({one: cases[one] for one in learnt})
        return [
            (one.decision.decision_id, is_violation(one.outcome), one.former) for one in lessons
        ]


@pytest.fixture
def desk(store: StoreServer) -> Desk:
    """A join step with an empty store."""
    return Desk(store)


D = "parcels.manifests:0:1"


@pytest.mark.parametrize("hold_first", [True, False])
def test_hold_and_outcome_in_batches_of_their_own_meet(desk: Desk, hold_first: bool) -> None:
    pair = [hold(D), outcome(D, True)]
    first, second = pair if hold_first else pair[::-1]
    assert desk.take([first], 0) == []
    assert desk.take([second], 1) == [(D, True, None)]


def test_repeat_and_correction_after_the_commit_are_known_as_such(desk: Desk) -> None:
    desk.take([hold(D), outcome(D, True)], 0)
    assert desk.take([outcome(D, True)], 2) == []
    assert desk.take([outcome(D, False)], 3) == [(D, False, True)]


def test_batch_that_was_not_committed_leaves_nothing(desk: Desk) -> None:
    batch = [outcome(D, True), hold(D), outcome(D, False)]
    taught = desk.take(batch, 0, commit=False)
    assert desk.take(batch[:1], 0, commit=False) == []
    assert desk.take(batch, 0) == taught == [(D, True, None), (D, False, True)]


def test_label_of_another_partition_that_was_not_committed_is_not_known(desk: Desk) -> None:
    desk.take([hold(D), outcome(D, True)], 0, commit=False)
    cases = WaitingRoom(desk.room._store, 60, Positions(lambda _: 1).is_committed).cases([D])
    assert len(cases[D].holds) == 1
    assert cases[D].labels == {}


def test_room_that_another_has_taken_over_stores_nothing(desk: Desk) -> None:
    cases = desk.room.cases([D])
    later = WaitingRoom(desk.room._store, 60, desk.positions.is_committed)
    cases[D].label(outcome(D, True), True, learnt=True)
    with pytest.raises(TransactionFatalError, match="another learner"):
        desk.room.keep(cases)
    assert later.cases([D]) == {D: Case()}


def test_damaged_case_counts_as_unknown(desk: Desk) -> None:
    desk.take([outcome(D, True)], 0)
    assert desk.room._store.getset(f"greenlane:{{cases}}:case:{D}", b"\xc1")
    assert desk.room.cases([D]) == {D: Case()}


def test_quarantined_label_is_kept_with_its_hold(desk: Desk) -> None:
    desk.take([hold(D)], 0)
    cases = desk.room.cases([D])
    record = make_outcome(D, True)
    arrival = Arrival(D, "outcomes:0:1", b"x", 0.0, record)
    cases[D].label(arrival, True, learnt=False)
    desk.room.keep(cases)
    desk.positions.commit({INPUT: Span(1, 2)})
    found = desk.room.cases([D])[D]
    assert found.labels == {"outcomes:0:1": Label(0, True, False)}
    assert found.hold is not None


def test_arrivals_in_any_order_with_batches_repeated_teach_each_decision_once(desk: Desk) -> None:
    rng = random.Random(7)
    ids = [f"parcels.manifests:0:{n}" for n in range(200)]
    arrivals = [hold(one) for one in ids] + [outcome(one, True) for one in ids * 2]
    rng.shuffle(arrivals)
    taught: list[tuple[str, bool, bool | None]] = []
    position = 0
    while position < len(arrivals):
        # A transaction fails: the same records come again, in batches cut elsewhere.
        for _ in range(rng.randrange(3)):
            desk.take(arrivals[position : position + rng.randrange(1, 40)], position, commit=False)
        size = rng.randrange(1, 40)
        taught += desk.take(arrivals[position : position + size], position)
        position += size
    assert sorted(taught) == sorted((one, True, None) for one in ids)
