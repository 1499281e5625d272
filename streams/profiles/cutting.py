"""Cutting a batch into units, as the store must see them: the same ones again after a crash."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from scorers.profiles import (
    PositionError,
    ProfileStore,
    Resumed,
    SessionError,
    Source,
    StoreLostError,
)
from scorers.profiles.calls import InFlight
from streams.kafka.batch import IncompleteBatchError, Span

log = logging.getLogger(__name__)

CatchUp = Callable[[Source, Sequence[int]], None]
"""Applies what lies between positions of a partition, of which the store has lost the effect."""

Piece = tuple[Source, int, int]
"""The records [start, end) of a partition, as one unit."""

Result = TypeVar("Result")


class UnitCutter:
    """Knows where partitions stand in the store, and resumes those that may have moved."""

    def __init__(self, store: ProfileStore, catch_up: CatchUp) -> None:
        self._store = store
        self._catch_up = catch_up
        self._expected: dict[Source, int] = {}
        self._before: dict[Source, int] = {}
        self._untold: dict[Source, int] = {}

    def note(self, spans: Mapping[Source, Span]) -> None:
        """Note which partitions begin with a batch, before anybody asks for the store.

        Should it be away, and the batch be handled without it, it will not have heard of them.
        """
        self._untold.update({source: one.start for source, one in spans.items() if one.begins})

    def send(
        self, spans: Mapping[Source, Span], send: Callable[[list[Piece]], InFlight[Result]]
    ) -> InFlight[Result]:
        """Send the units of all spans; nothing else may be sent before the answer is received.

        Partitions that another worker had meanwhile are resumed, and the units sent again. Raises
        `IncompleteBatchError`, here or when receiving, if a partition's records must be handled
        together with later ones, as they were before.
        """
        try:
            flight = self._sent(spans, send)
        except (PositionError, SessionError) as error:
            log.info("%s; resuming", error)
            flight = self._sent(spans, send)
        return InFlight(lambda: self._received(spans, send, flight), flight.drop)

    def _received(
        self,
        spans: Mapping[Source, Span],
        send: Callable[[list[Piece]], InFlight[Result]],
        flight: InFlight[Result],
    ) -> Result:
        try:
            found = flight.receive()
        except (PositionError, SessionError) as error:
            log.info("%s; resuming", error)
            found = self._sent(spans, send).receive()
        # Before this nobody knew where the partitions stood.
        self._expected = self._before | {source: span.end for source, span in spans.items()}
        for source in spans:
            self._untold.pop(source, None)
        return found

    def _sent(
        self, spans: Mapping[Source, Span], send: Callable[[list[Piece]], InFlight[Result]]
    ) -> InFlight[Result]:
        self._before, self._expected = self._expected, {}
        pieces = [
            piece
            for source, span in spans.items()
            for piece in self._pieces(source, span, self._before.get(source))
        ]
        return send(pieces)

    def _pieces(self, source: Source, span: Span, expected: int | None) -> list[Piece]:
        """Return the units of a partition: what was applied before first, cut as it was then."""
        ends = [] if expected == span.start else self._resumed(source, span)
        if ends and ends[-1] > span.end:
            raise IncompleteBatchError(source, ends[-1])
        cuts = [span.start, *ends]
        if cuts[-1] < span.end:
            cuts.append(span.end)
        return [(source, start, end) for start, end in pairwise(cuts)]

    def _resumed(self, source: Source, span: Span) -> list[int]:
        """Take a partition over; return the ends of the units that were applied before."""
        first = found = self._claimed(source, span)
        ends = []
        while found.next is not None:
            ends.append(found.next)
            found = self._store.resume(source, found.next)
        if ends:
            first = self._store.resume(source, span.start)  # what the next unit must follow
        if first.behind:
            log.warning("profiles of %s are behind, at %s; catching up", source, first.behind)
            self._catch_up(source, (*first.behind, span.start))
        return ends

    def _claimed(self, source: Source, span: Span) -> Resumed:
        try:
            return self._store.resume(source, span.start, begin=span.begins)
        except StoreLostError:
            if source not in self._untold:
                raise
        beginning = self._untold[source]
        log.warning("profiles have yet to begin with %s at %d; catching up", source, beginning)
        self._store.resume(source, beginning, begin=True)
        self._catch_up(source, (beginning, span.start))
        return self._store.resume(source, span.start)
