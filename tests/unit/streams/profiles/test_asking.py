"""What a batch asks while the one before it waits for its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.profiles import ProfileError, Source, StoreUnreachableError
from scorers.profiles.calls import InFlight
from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError, Span
from streams.profiles.asking import Profiling, Visit
from streams.profiles.reading import Reading
from streams.profiles.tolerating import Tolerance
from streams.settings import TopicSettings
from tests.unit.streams.profiles.fakes import SOURCE

FAILURES = [StoreUnreachableError("gone"), IncompleteBatchError(SOURCE, 30)]


class Visitor:
    """Sends each batch, and fails to receive the answers to some."""

    def __init__(self, failures: Mapping[int, Exception]) -> None:
        self._failures = failures
        self.sent: list[int] = []

    def note(self, spans: Mapping[Source, Span]) -> None:
        """All partitions are known."""

    def parcels(self, *_: object) -> None:
        """Nothing is told."""

    def send(self, *given: Any) -> InFlight[Histories]:
        start = given[2][SOURCE].start
        self.sent.append(start)
        failure = self._failures.get(len(self.sent) - 1)
        return InFlight(lambda: Histories(0, []) if failure is None else _fail(failure))


def _fail(error: Exception) -> Histories:
    raise error


def asking(failures: Mapping[int, Exception]) -> tuple[Visitor, Callable[[int], Visit]]:
    """Return a visitor, and a function that asks about ten records from a position on."""
    visitor = Visitor(failures)
    tolerance = Tolerance(lambda: None, "wait", 10.0, lambda: 0.0)
    profiling = Profiling(visitor, None, tolerance, TopicSettings())  # type: ignore[arg-type]
    nothing = Reading.at([], np.empty(0, np.int64))

    def ask(start: int) -> Visit:
        batch = Batch([], {SOURCE: Span(start, start + 10)}, places=[])
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
        first.histories()


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
            first.histories()
    assert ask(0).histories() is not None
    assert visitor.sent == [0, 0]
