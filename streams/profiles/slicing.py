"""Cutting the logs into slices of time, so that all are applied in about the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from scorers.profiles import Source


class Extent(NamedTuple):
    """The positions [start, end) of a partition."""

    start: int
    end: int


class Timetable(Protocol):
    """Knows when records were logged."""

    def positions_at(self, sources: Sequence[Source], seconds: float) -> Mapping[Source, int]:
        """Return the first positions logged at a time or later, if there are any."""
        ...


def slices(
    timetable: Timetable, extents: Mapping[Source, Extent], times: Sequence[float]
) -> Iterator[dict[Source, Extent]]:
    """Yield the parts of the extents that were logged before each time, and at last the rest.

    `times` are Unix seconds and rise. Parts keep the order of the extents; empty ones are left out.
    """
    done = {source: extent.start for source, extent in extents.items()}
    ends = {source: extent.end for source, extent in extents.items()}
    for time in times:
        # A log that has nothing from that time on lies before it as a whole.
        yield from _part({**ends, **timetable.positions_at(list(extents), time)}, ends, done)
    yield from _part(ends, ends, done)


def _part(
    until: Mapping[Source, int], ends: Mapping[Source, int], done: dict[Source, int]
) -> Iterator[dict[Source, Extent]]:
    """Yield what lies between what is done and `until`, if anything; it is then done."""
    part = {}
    for source, end in ends.items():
        position = min(until[source], end)
        if position > done[source]:
            part[source] = Extent(done[source], position)
            done[source] = position
    if part:
        yield part
