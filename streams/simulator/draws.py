"""Random draws that are the same in every process, and cheap enough for each field of a parcel."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import accumulate
from statistics import NormalDist
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_SLOTS: Final = 16_384
"""Entries of a choice table: weights are rounded to 1 in 16,384, and a pick is one look-up."""

_FACTORS: Final = 1_024
"""Quantiles of a log-normal table: its extreme factors lie near 3.3 sigma."""


class Draws:
    """Draws from one source. The same seeds give the same draws, whatever the process.

    A text seed is hashed with SHA-512 by `random.Random`, so no `PYTHONHASHSEED` enters.

    >>> Draws(7, "goods").below(100) == Draws(7, "goods").below(100)
    True
    """

    __slots__ = ("u",)

    def __init__(self, *seeds: int | str) -> None:
        #: The next number in [0, 1). An attribute, because it is called several times a field.
        self.u = random.Random("/".join(map(str, seeds))).random

    def chance(self, probability: float) -> bool:
        """Return true with this probability."""
        return self.u() < probability

    def below(self, bound: int) -> int:
        """Return a whole number in [0, bound)."""
        return int(self.u() * bound)

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.u()

    def one(self, values: Sequence[T]) -> T:
        """Return one of the values, each as likely as the other."""
        return values[int(self.u() * len(values))]

    def some(self, values: Sequence[T], count: int) -> list[T]:
        """Return `count` different values (all of them if there are fewer), in random order."""
        rest = list(values)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]


class Popularity(Generic[T]):
    """A weighted choice in constant time.

    >>> Popularity("ab", [3, 1]).pick(0.74), Popularity("ab", [3, 1]).pick(0.76)
    ('a', 'b')
    """

    __slots__ = ("_table",)

    def __init__(self, values: Sequence[T], weights: Sequence[float], slots: int = _SLOTS) -> None:
        bounds = list(accumulate(weights))
        if len(values) != len(bounds) or not bounds or bounds[-1] <= 0:
            raise ValueError("Expected one weight a value, and a positive sum of weights")
        table: list[T] = []
        for value, bound in zip(values, bounds, strict=True):
            table += [value] * (round(bound / bounds[-1] * slots) - len(table))
        self._table = table

    def pick(self, u: float) -> T:
        """Return the value at `u`, a uniform draw in [0, 1)."""
        return self._table[int(u * len(self._table))]


def zipf(count: int, exponent: float) -> list[float]:
    """Return the weights of ranks 1 to `count`: rank to the power of minus `exponent`."""
    return [rank**-exponent for rank in range(1, count + 1)]


def lognormal(sigma: float) -> list[float]:
    """Return equally likely factors around 1 whose logarithms have the deviation `sigma`.

    >>> factors = lognormal(0.5)
    >>> factors[0] < 0.5 < factors[512] < 1.01 < factors[-1]
    True
    """
    normal = NormalDist()
    return [math.exp(sigma * normal.inv_cdf((i + 0.5) / _FACTORS)) for i in range(_FACTORS)]


def golden(rank: int, offset: float = 0.0) -> float:
    """Return the `rank`-th point of a sequence that fills [0, 1) evenly from its start on.

    Shares over a few popular ranks come out near their weights, whatever the seed.

    >>> sorted(round(golden(rank), 1) for rank in range(5))
    [0.0, 0.2, 0.5, 0.6, 0.9]
    """
    return (offset + rank * 0.6180339887498949) % 1.0
