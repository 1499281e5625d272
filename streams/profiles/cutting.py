"""Cutting a batch into units, as the store must see them: the same ones again after a crash."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from scorers.profiles import ProfileStore, Source
from scorers.profiles.errors import PositionError, SessionError
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

    def cut(self, spans: Mapping[Source, Span], send: Callable[[list[Piece]], Result]) -> Result:
        """Send the units of all spans; return what `send` does.

        Partitions that another worker had meanwhile are resumed. Raises `IncompleteBatchError`
        if a partition's records must be handled together with later ones, as they were before.
        """
        try:
            return self._sent(spans, send)
        except (PositionError, SessionError) as error:
            log.info("%s; resuming", error)
            return self._sent(spans, send)

    def _sent(self, spans: Mapping[Source, Span], send: Callable[[list[Piece]], Result]) -> Result:
        with self._moving(spans):
            pieces = [piece for source, span in spans.items() for piece in self._of(source, span)]
            return send(pieces)

    @contextmanager
    def _moving(self, spans: Mapping[Source, Span]) -> Iterator[None]:
        """Note where partitions stand afterwards; after a failure nobody knows."""
        expected, self._expected = self._expected, {}
        self._former = expected
        yield
        self._expected = expected | {source: span.end for source, span in spans.items()}

    def _of(self, source: Source, span: Span) -> Iterable[Piece]:
        """Return the units of a partition: two, if the first of them was applied before."""
        if self._former.get(source) == span.start:
            return [(source, span.start, span.end)]
        found = self._store.resume(source, span.start, begin=span.begins)
        if found.behind:
            log.warning("profiles of %s are behind, at %s; catching up", source, found.behind)
            self._catch_up(source, (*found.behind, span.start))
        if found.next is None or found.next == span.end:
            return [(source, span.start, span.end)]
        if found.next > span.end:
            raise IncompleteBatchError(source, found.next)
        return [(source, span.start, found.next), (source, found.next, span.end)]
