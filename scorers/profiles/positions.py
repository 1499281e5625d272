"""Where each source stands: what may be applied next, and what a worker must do after a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from redis.exceptions import ResponseError

from scorers.profiles.errors import PositionError, ProfileError, SessionError, StoreLostError
from scorers.profiles.units import Source
from scorers.profiles.wire import explanation


@dataclass(frozen=True)
class Resumed:
    """Where a source stands when a worker takes it over at a position.

    `next` is where the first unit must end when the store has applied it before, for a worker that
    died before its commit; else None. `behind` are the positions, before the worker's, that some
    shards stand at: what lies between must be applied again (`ProfileStore.apply`) in units that
    are cut there.
    """

    position: int
    next: int | None = None
    behind: tuple[int, ...] = ()

    @property
    def expected(self) -> int:
        """Where the next unit starts."""
        return self.behind[0] if self.behind else self.position


def resumed(source: Source, position: int, stands: Sequence[tuple[int, int]]) -> Resumed:
    """Judge where the shards stand: for each its position, and where its unit from there ends.

    Raises StoreLostError when a shard knows nothing and another is past `position`, PositionError
    when the answers from `position` on are no longer kept.
    """
    if any(stood < 0 for stood, _ in stands) and any(stood > position for stood, _ in stands):
        raise lost(source)
    past = [stood for stood, ends in stands if stood > position and ends < 0]
    if past:
        raise PositionError(
            f"Profiles: {source}: expected to go on from {max(past)}, got {position}, "
            "which was applied and committed before; begin anew or go on from there",
            max(past),
        )
    ends = max((end for _, end in stands), default=-1)
    behind = tuple(sorted({stood for stood, _ in stands if 0 <= stood < position}))
    return Resumed(position, ends if ends >= 0 else None, behind)


def lost(source: Source) -> StoreLostError:
    """Return the error for a source that the store should know."""
    return StoreLostError(
        f"Profiles: {source}: expected a position in the store, got none: it was emptied or "
        "replaced; rebuild the profiles, or begin anew without the past"
    )


def refusal(source: Source, start: int, next_: int, error: ResponseError) -> ProfileError:
    """Return our error for an error reply to a unit."""
    code, _, found = str(error).partition(" ")
    if code == "GLLOST":
        return lost(source)
    if code == "GLSESSION":
        return SessionError(f"Profiles: {source}: another worker has claimed it")
    if code in ("GLGAP", "GLPAST"):
        text = f"expected a unit from {found}, got one from {start}"
        return PositionError(f"Profiles: {source}: {text}", int(found))
    if code == "GLCUT":
        text = f"expected the unit from {start} to end at {found} as before, got {next_}"
        return PositionError(f"Profiles: {source}: {text}", int(found))
    return explanation(error)


class Positions:
    """What this session expects next of each source that it has resumed."""

    def __init__(self) -> None:
        self._expected: dict[Source, Resumed] = {}

    def resume(self, source: Source, found: Resumed) -> None:
        """Note where a source stands."""
        self._expected[source] = found

    def forget(self, source: Source) -> None:
        """Require a source to be resumed before its next unit: what was applied is not known."""
        self._expected.pop(source, None)

    def advance(self, source: Source, start: int, next_: int) -> None:
        """Refuse a unit that does not follow; else expect the one after it."""
        found = self._expected.get(source)
        if found is None:
            raise PositionError(f"Profiles: {source}: expected it to be resumed first", start)
        if start != found.expected:
            text = f"expected a unit from {found.expected}, got one from {start}"
            raise PositionError(f"Profiles: {source}: {text}", found.expected)
        end = found.behind[1] if len(found.behind) > 1 else found.position
        if found.behind and next_ > end:
            text = f"expected a unit up to {end} at most, got one up to {next_}"
            raise PositionError(f"Profiles: {source}: {text}", end)
        if not found.behind and found.next not in (None, next_):
            text = f"expected the unit to end at {found.next} as before, got {next_}"
            raise PositionError(f"Profiles: {source}: {text}", found.next or next_)
        self._expected[source] = _after(found, next_)


def _after(found: Resumed, next_: int) -> Resumed:
    """Return what to expect after a unit up to `next_`."""
    if not found.behind:
        return Resumed(next_)
    if next_ == found.position:
        return Resumed(found.position, found.next)
    rest = (cut for cut in found.behind if cut > next_)
    return Resumed(found.position, found.next, (next_, *rest))
