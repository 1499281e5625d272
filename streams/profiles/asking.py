"""What batches ask of profiles and orders: each is on its way while the one before is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.profiles import InFlight, ProfileError
from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError
from streams.kafka.producing import Output
from streams.profiles.ordering import OrderIntake
from streams.profiles.orders import TakenOrders
from streams.profiles.reading import Reading
from streams.profiles.tolerating import Tolerance
from streams.profiles.visiting import Heard, ProfileVisitor
from streams.settings import TopicSettings

_FAILURES: Final = (ProfileError, PostponedError, IncompleteBatchError)


class Answer(NamedTuple):
    """What a batch's manifests saw, None if they go without, and what its orders give rise to."""

    histories: Histories | None = None
    outputs: Sequence[Output] = ()


class Visit:
    """What a batch asked."""

    def __init__(
        self,
        receive: Callable[[], Answer] = Answer,
        drop: Callable[[], None] = lambda: None,
    ) -> None:
        self._receive = receive
        self._drop = drop
        self._waits = True
        self._heeded = False
        self._failure: Exception | None = None
        self._answer = Answer()

    def land(self) -> None:
        """Wait for the answer; what is wrong with it is told by `answer`."""
        if self._waits:
            self._waits = False
            try:
                self._answer = self._receive()
            except _FAILURES as error:
                self._failure = error

    @property
    def failed(self) -> bool:
        """Whether the answer was a failure that nobody has heeded yet."""
        return self._failure is not None and not self._heeded

    def answer(self) -> Answer:
        """Return the answer.

        Raises what was wrong: `PostponedError`, `IncompleteBatchError` or `ProfileError`.
        """
        self.land()
        self._heeded = True
        if self._failure is not None:
            raise self._failure
        return self._answer

    def drop(self) -> None:
        """Give up the answer."""
        self._heeded = True
        if self._waits:
            self._waits = False
            self._drop()


class Profiling:
    """Asks about one batch after the other: only one of them waits for its answer."""

    def __init__(
        self,
        visitor: ProfileVisitor,
        intake: OrderIntake,
        tolerance: Tolerance,
        topics: TopicSettings,
    ) -> None:
        self._visitor = visitor
        self._intake = intake
        self._tolerance = tolerance
        self._topics = topics
        self._former = Visit()

    @property
    def is_away(self) -> bool:
        """Whether the store of profiles did not answer last time."""
        return self._tolerance.is_down

    def ask(self, batch: Batch, table: ManifestTable, reading: Reading) -> Visit:
        """Send a batch's orders, and ask what its manifests see after them.

        Waits for the answer to the batch before. Raises `PostponedError`, `IncompleteBatchError`
        or `ProfileError`.
        """
        self._visitor.note(batch.spans)
        orders, rejects = self._intake.read(*batch.of_topic(self._topics.orders))
        told = self._visitor.told(table, reading, orders)
        self._land_former()
        flight = self._tolerance.call(lambda: self._visitor.send(told, batch.spans))
        self._former = self._visit(flight, orders, rejects)
        return self._former

    def _land_former(self) -> None:
        """Wait for the batch before. If it failed it comes again, and this one after it.

        The store may not have it: to be told of this one it would first catch up with that one,
        and would then have no answer to keep for it.
        """
        former, self._former = self._former, Visit()
        former.land()
        if former.failed:
            raise PostponedError("profiles: the batch before this one has to be read again")

    def _visit(
        self, flight: InFlight[Heard] | None, orders: TakenOrders, rejects: Sequence[Output]
    ) -> Visit:
        """Return a visit; orders that were read while the store is away are stored later."""

        def receive() -> Answer:
            heard = None if flight is None else self._tolerance.call(flight.receive)
            if heard is None:
                return Answer(None, [*rejects, *self._intake.alerts(orders, [])])
            return Answer(heard.histories, [*rejects, *self._intake.alerts(orders, heard.late)])

        return Visit(receive) if flight is None else Visit(receive, flight.drop)
