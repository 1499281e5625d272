"""A sketch of durations: quantiles to a stated relative error, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, exp, log
from typing import Final

import msgspec

ERROR: Final = 0.02
"""Relative error of every quantile."""

_LEAST: Final = 0.001
_MOST: Final = 1e8
_GROWTH: Final = log((1 + ERROR) / (1 - ERROR))


def bucket_of(seconds: float) -> int:
    """Return the bucket of a value; what is shorter or longer than the bounds counts as they do."""
    return ceil(log(min(max(seconds, _LEAST), _MOST) / _LEAST) / _GROWTH)


class Sketch(msgspec.Struct):
    """Counts of values in seconds, in buckets that grow by 4 %, from a millisecond to three years.

    The middle of a bucket is within 2 % of all values in it. Sketches add up to that of all values.
    Source: Masson, Rim and Lee, DDSketch (VLDB 2019).

    >>> sketch = Sketch()
    >>> for seconds in range(1, 101):
    ...     sketch.add(seconds)
    >>> round(sketch.quantile(0.5))
    50
    """

    offset: int = -1
    counts: dict[int, int] = {}

    @property
    def total(self) -> int:
        """Number of values."""
        return sum(self.counts.values())

    def add(self, seconds: float) -> None:
        """Count a value."""
        self.count(bucket_of(seconds), 1)

    def count(self, bucket: int, values: int) -> None:
        """Count so many values of a bucket."""
        self.counts[bucket] = self.counts.get(bucket, 0) + values

    def merge(self, other: Sketch) -> None:
        """Add the values of another sketch."""
        for bucket, count in other.counts.items():
            self.counts[bucket] = self.counts.get(bucket, 0) + count

    def quantile(self, share: float) -> float:
        """Return the value that `share` of the values, in (0, 1], do not exceed; NaN if none."""
        wanted = ceil(share * self.total)
        seen = 0
        for bucket in sorted(self.counts):
            seen += self.counts[bucket]
            if seen >= wanted:
                return 2 * _LEAST * exp(bucket * _GROWTH) / (1 + exp(_GROWTH))
        return float("nan")

    def above(self, seconds: float) -> int:
        """Return how many values are above one, except those within the sketch's error of it."""
        bucket = ceil(log(max(seconds, _LEAST) / _LEAST) / _GROWTH)
        return sum(count for at, count in self.counts.items() if at > bucket)


def merged(sketches: Iterable[Sketch]) -> Sketch:
    """Return the sketch of all values together."""
    together = Sketch()
    for sketch in sketches:
        together.merge(sketch)
    return together
