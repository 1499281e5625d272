"""What batches ask of profiles and orders: each is on its way while the one before is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.profiles import InFlight, ProfileError, Source
from streams.kafka.batch import Batch, IncompleteBatchError, PostponedError, Span
from streams.kafka.producing import Output
from streams.profiles.ordering import OrderIntake
from streams.profiles.reading import Reading
from streams.profiles.tolerating import Tolerance
from streams.profiles.visiting import ProfileVisitor
from streams.settings import TopicSettings

_FAILURES: Final = (ProfileError, PostponedError, IncompleteBatchError)


class Visit:
    """What a batch asked; `outputs` are what its orders give rise to."""

    def __init__(
        self,
        outputs: Sequence[Output] = (),
        receive: Callable[[], Histories | None] = lambda: None,
        drop: Callable[[], None] = lambda: None,
    ) -> None:
        self.outputs = outputs
        self._receive = receive
        self._drop = drop
        self._waits = True
        self._heeded = False
        self._failure: Exception | None = None
        self._histories: Histories | None = None

    def land(self) -> None:
        """Wait for the answer; what is wrong with it is told by `histories`."""
        if self._waits:
            self._waits = False
            try:
                self._histories = self._receive()
            except _FAILURES as error:
                self._failure = error

    @property
    def failed(self) -> bool:
        """Whether the answer was a failure that nobody has heeded yet."""
        return self._failure is not None and not self._heeded

    def histories(self) -> Histories | None:
        """Return what the batch's manifests saw; None if they have to be decided without it.

        Raises what was wrong: `PostponedError`, `IncompleteBatchError` or `ProfileError`.
        """
        self.land()
        self._heeded = True
        if self._failure is not None:
            raise self._failure
        return self._histories

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
        orders: OrderIntake,
        tolerance: Tolerance,
        topics: TopicSettings,
    ) -> None:
        self._visitor = visitor
        self._orders = orders
        self._tolerance = tolerance
        self._topics = topics
        self._former = Visit()

    @property
    def is_away(self) -> bool:
        """Whether the store of profiles did not answer last time."""
        return self._tolerance.is_down

    def ask(self, batch: Batch, table: ManifestTable, reading: Reading) -> Visit:
        """Store a batch's orders, and ask what its manifests saw.

        Waits for the answer to the batch before. Raises `PostponedError`, `IncompleteBatchError`
        or `ProfileError`.
        """
        spans = _of_topic(batch.spans, self._topics.manifests)
        self._visitor.note(spans)
        parcels = self._visitor.parcels(table, reading)
        self._land_former()
        outputs = self._take_orders(batch)
        self._former = self._sent(
            outputs, spans, lambda: self._visitor.send(parcels, reading, spans)
        )
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

    def _sent(
        self,
        outputs: Sequence[Output],
        spans: Mapping[Source, Span],
        send: Callable[[], InFlight[Histories]],
    ) -> Visit:
        flight = self._tolerance.call("profiles", send) if spans else None
        if flight is None:
            return Visit(outputs)
        receive = flight.receive
        return Visit(outputs, lambda: self._tolerance.call("profiles", receive), flight.drop)

    def _take_orders(self, batch: Batch) -> list[Output]:
        """Store the orders of a batch; while the store is away they are stored later."""
        spans = _of_topic(batch.spans, self._topics.orders)
        if not spans:
            return []
        orders = [message for message in batch.messages if message.topic() == self._topics.orders]
        return self._orders.take(orders, spans, self._tolerance.call)


def _of_topic(spans: Mapping[Source, Span], topic: str) -> dict[Source, Span]:
    return {source: span for source, span in spans.items() if source.topic == topic}
