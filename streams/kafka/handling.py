"""What a loop does with a batch, in two steps, so that the next one is begun before it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from streams.kafka.batch import Batch
from streams.kafka.producing import Output


class Work(Protocol):
    """A batch that was begun: either finished or dropped, once."""

    def finish(self) -> Sequence[Output]:
        """Return the records to produce; waits for what was asked of others."""

    def drop(self) -> None:
        """Give up; the batch is read again."""


class Handler(Protocol):
    """Begins batches. It must be idempotent: a batch whose transaction fails comes again.

    One that is `ahead` begins a batch while the one before it is not finished, let alone committed.
    """

    ahead: bool

    def begin(self, batch: Batch) -> Work:
        """Begin a batch: do what needs nobody, and ask others for what the rest needs."""


class AtOnce:
    """A handler that does nothing ahead.

    >>> AtOnce(lambda batch: []).begin(Batch([], {})).finish()
    []
    """

    ahead = False

    def __init__(self, function: Callable[[Batch], Sequence[Output]]) -> None:
        self._function = function

    def begin(self, batch: Batch) -> Work:
        """Return a batch for which nothing was done yet."""
        return _Later(self._function, batch)


class _Later:
    def __init__(self, function: Callable[[Batch], Sequence[Output]], batch: Batch) -> None:
        self._function = function
        self._batch = batch

    def finish(self) -> Sequence[Output]:
        return self._function(self._batch)

    def drop(self) -> None:
        """Nothing was asked of others."""
