"""Bad actors who take turns: each is honest until a moment, then violates for some parcels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_AT_ONCE: Final = 2
_PARCELS: Final = 40


class Campaigns(Generic[T]):
    """A choice among those whose turn it is; who has had `parcels` is followed by the next.

    >>> campaigns = Campaigns("abc", at_once=1, parcels=2)
    >>> "".join(campaigns.pick(0.5) for _ in range(7))
    'aabbcca'
    """

    __slots__ = ("_left", "_next", "_parcels", "_running")

    def __init__(
        self, values: Sequence[T], at_once: int = _AT_ONCE, parcels: int = _PARCELS
    ) -> None:
        if not values:
            raise ValueError("Expected at least one value, got none")
        self._next = cycle(values)
        self._parcels = parcels
        self._running = [next(self._next) for _ in range(at_once)]
        self._left = [parcels] * at_once

    def pick(self, u: float) -> T:
        """Return one of those whose turn it is, by a uniform draw in [0, 1)."""
        place = int(u * len(self._running))
        if self._left[place] == 0:
            self._running[place], self._left[place] = next(self._next), self._parcels
        self._left[place] -= 1
        return self._running[place]
