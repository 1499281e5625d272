"""Mini-batches of the training log that are complete, with where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from schemas.example import LabelledExample
from scorers.features.batch import Floats


@dataclass(frozen=True)
class Closed:
    """Examples of whole mini-batches, in the order of the log, and their offsets."""

    offsets: Sequence[int]
    examples: Sequence[LabelledExample]

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def next_offset(self) -> int:
        """Where the log goes on."""
        return self.offsets[-1] + 1

    def since(self, offset: int) -> Closed:
        """Return what stands at `offset` or after."""
        known = sum(one < offset for one in self.offsets)
        return Closed(self.offsets[known:], self.examples[known:])


class Contestant(Protocol):
    """Something that learns the log, and is asked for chances before it does."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def next_offset(self) -> int:
        """Where its fold of the log goes on."""

    def learn(self, closed: Closed) -> dict[str, Floats]:
        """Learn what it has not learnt yet; return by name the chances given before.

        NaN stands for what was not scored.
        """


def unscored(count: int) -> Floats:
    """Return no chances.

    >>> unscored(2).tolist()
    [nan, nan]
    """
    return np.full(count, np.nan)
