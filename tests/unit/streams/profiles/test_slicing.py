"""Slices of logs: everything once, in order, about as it was logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from scorers.profiles import Source
from streams.profiles.slicing import Extent, slices
from tests.factories import PROPERTY

times_logged = st.lists(st.integers(0, 100), min_size=1, max_size=20).map(sorted)


class Logs:
    """Logs whose records were logged at known times."""

    def __init__(self, logged: Mapping[Source, Sequence[int]]) -> None:
        self.logged = logged

    def of(self, source: Source, extent: Extent) -> Sequence[int]:
        """Return the times of a part."""
        return self.logged[source][extent.start : extent.end]

    def positions_at(self, sources: Sequence[Source], seconds: float) -> Mapping[Source, int]:
        """Return the first positions at a time or later."""
        found = {}
        for source in sources:
            later = [at for at, time in enumerate(self.logged[source]) if time >= seconds]
            if later:
                found[source] = later[0]
        return found


@given(st.lists(times_logged, min_size=1, max_size=4), st.lists(st.integers(0, 100)).map(sorted))
@PROPERTY
def test_slices_join_up_and_never_mix_what_a_time_parts(
    logged: list[list[int]], ends: list[int]
) -> None:
    logs = Logs({Source("t", number): times for number, times in enumerate(logged)})
    extents = {source: Extent(0, len(times)) for source, times in logs.logged.items()}
    done = dict.fromkeys(extents, 0)
    for part in slices(logs, extents, ends):
        found = [time for source, one in part.items() for time in logs.of(source, one)]
        for end in ends:
            assert max(found) < end or min(found) >= end
        for source, extent in part.items():
            assert extent.start == done[source]
            assert extent.end > extent.start
            done[source] = extent.end
    assert done == {source: extent.end for source, extent in extents.items()}


def test_slices_of_partly_committed_logs_end_where_the_extents_do() -> None:
    logs = Logs({Source("t", 0): [1, 2, 3, 4]})
    parts = list(slices(logs, {Source("t", 0): Extent(1, 3)}, [3.0, 9.0]))
    assert parts == [{Source("t", 0): Extent(1, 2)}, {Source("t", 0): Extent(2, 3)}]


def test_slices_of_logs_with_nothing_to_apply_are_none() -> None:
    assert list(slices(Logs({Source("t", 0): [1]}), {Source("t", 0): Extent(1, 1)}, [5.0])) == []
