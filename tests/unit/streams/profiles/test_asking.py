"""What a batch asks while the one before it waits for its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
import pytest
from confluent_kafka import Message

from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.profiles import InFlight, ProfileError, Source, StoreUnreachableError
from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError, Span
from streams.profiles.asking import Profiling, Visit
from streams.profiles.ordering import OrderIntake
from streams.profiles.reading import Reading
from streams.profiles.tolerating import Tolerance
from streams.profiles.visiting import Heard
from streams.settings import TopicSettings
from tests.unit.streams.profiles.fakes import SOURCE, make_message, make_order

TOPICS = TopicSettings()
ORDERS = [b"{", make_order()]
FAILURES = [StoreUnreachableError("gone"), IncompleteBatchError(SOURCE, 30)]


class Visitor:
    """Sends each batch, and fails to receive the answers to some."""

    def __init__(self, failures: Mapping[int, Exception]) -> None:
        self._failures = failures
        self.sent: list[int] = []

    def note(self, spans: Mapping[Source, Span]) -> None:
        """All partitions are known."""

    def told(self, *_: object) -> None:
        """Nothing is told."""

    def send(self, _told: None, spans: Mapping[Source, Span]) -> InFlight[Heard]:
        start = spans[SOURCE].start
        self.sent.append(start)
        failure = self._failures.get(len(self.sent) - 1)
        return InFlight(lambda: Heard(Histories(0, []), []) if failure is None else _fail(failure))


def _still() -> float:
    return 0.0


def _fail(error: Exception) -> Heard:
    raise error


def asking(
    failures: Mapping[int, Exception], when_down: Literal["wait", "degrade"] = "wait"
) -> tuple[Visitor, Callable[..., Visit]]:
    """Return a visitor, and a function that asks about ten records from a position on."""
    visitor = Visitor(failures)
    tolerance = Tolerance(lambda: None, when_down, 0.0 if when_down == "degrade" else 10.0, _still)
    profiling = Profiling(visitor, OrderIntake(TOPICS), tolerance, TOPICS)  # type: ignore[arg-type]
    nothing = Reading.at([], np.empty(0, np.int64))

    def ask(start: int, orders: Sequence[Message] = ()) -> Visit:
        spans = {SOURCE: Span(start, start + 10)}
        if orders:
            spans[Source(TOPICS.orders, 0)] = Span(0, len(orders))
        batch = Batch(orders, spans)
        return profiling.ask(batch, ManifestTable([]), nothing)

    return visitor, ask


@pytest.mark.parametrize("failure", FAILURES)
def test_ask_after_a_batch_whose_answer_failed_sends_nothing(failure: Exception) -> None:
    visitor, ask = asking({0: failure})
    first = ask(0)
    with pytest.raises(PostponedError, match="the batch before"):
        ask(10)
    assert visitor.sent == [0]
    with pytest.raises((PostponedError, IncompleteBatchError)):
        first.answer()


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("end", ["told", "dropped"])
def test_ask_again_about_a_batch_that_failed_sends_it_at_once(failure: Exception, end: str) -> None:
    visitor, ask = asking({0: failure})
    first = ask(0)
    first.land()
    if end == "dropped":
        first.drop()
    else:
        with pytest.raises((PostponedError, IncompleteBatchError, ProfileError)):
            first.answer()
    assert ask(0).answer().histories is not None
    assert visitor.sent == [0, 0]


@pytest.mark.parametrize("is_away", [True, False])
def test_ask_about_an_unreadable_order_rejects_it_also_while_the_store_is_away(
    is_away: bool,
) -> None:
    _, ask = asking({0: StoreUnreachableError("gone")} if is_away else {}, "degrade")
    orders = [make_message(value, at, topic=TOPICS.orders) for at, value in enumerate(ORDERS)]
    answer = ask(0, orders).answer()
    assert (answer.histories is None) == is_away
    assert [(one.topic, one.value) for one in answer.outputs] == [(TOPICS.rejected, b"{")]
