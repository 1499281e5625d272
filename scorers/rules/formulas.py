"""Trees of conditions over bits: a line of bits for each node, 64 parcels to a word.

All nodes of one height are one NumPy operation, so a thousand rules cost little more than ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.rules.conditions import AllOf, AnyOf, Condition, Leaf, Not

WORD: Final = 64
"""Bits of a word; the width of what a formula takes is a multiple of it."""

Bits = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class _Join:
    """A node that holds where all (or any) of its parts do; its height is above theirs."""

    height: int
    every: bool
    parts: tuple[int, ...]


@dataclass(frozen=True)
class _Step:
    """All joins of one height and kind; parts of join j are `members` from `starts[j]` on."""

    every: bool
    members: Integers
    starts: Integers
    first: int
    last: int


class Formula:
    """Conditions compiled over the leaves that they are made of.

    Equal parts are computed once. `not` is pushed down to the leaves, each of which has its
    complement as a second line.

    >>> from scorers.rules.conditions import Present
    >>> zero, round_ = Present("signals.value_zero"), Present("signals.value_round")
    >>> formula = Formula([AnyOf((zero, Not(round_)))], [zero, round_])
    >>> leaves = np.array([[0], [2**62 - 1]], dtype=np.uint64)
    >>> int(np.bitwise_count(formula.bits(leaves)).sum())
    2
    """

    def __init__(self, roots: Sequence[Condition], leaves: Sequence[Leaf]) -> None:
        self._leaves = len(leaves)
        builder = _Builder(leaves)
        numbers = [builder.number_of(root, negated=False) for root in roots]
        self._steps, rows = builder.steps()
        self._roots = np.array([rows[number] for number in numbers], dtype=np.int64)
        self._rows = len(rows)

    def bits(self, leaves: Bits) -> Bits:
        """Return a line of bits for each root, from one for each leaf."""
        lines = np.empty((self._rows, leaves.shape[1]), dtype=np.uint64)
        lines[: self._leaves] = leaves
        np.invert(leaves, out=lines[self._leaves : 2 * self._leaves])
        for step in self._steps:
            join = np.bitwise_and if step.every else np.bitwise_or
            parts, out = lines[step.members], lines[step.first : step.last]
            join.reduceat(parts, step.starts, axis=0, out=out)
        return lines[self._roots]


class _Builder:
    """Numbers the nodes of trees: first the leaves, then their complements, then the joins."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self._places = {leaf: place for place, leaf in enumerate(leaves)}
        self._first = 2 * len(leaves)
        self._joins: dict[_Join, int] = {}
        self._heights = [0] * self._first

    def number_of(self, condition: Condition, *, negated: bool) -> int:
        """Return the number of a condition's node, or of its complement's."""
        if isinstance(condition, Not):
            return self.number_of(condition.part, negated=not negated)
        if isinstance(condition, AllOf | AnyOf):
            parts = {self.number_of(part, negated=negated) for part in condition.parts}
            # Not all is any not, and the other way round (De Morgan).
            return self._join(isinstance(condition, AllOf) != negated, sorted(parts))
        return self._places[condition] + (len(self._places) if negated else 0)

    def _join(self, every: bool, parts: Sequence[int]) -> int:
        if len(parts) == 1:
            return parts[0]
        height = 1 + max(self._heights[part] for part in parts)
        join = _Join(height, every, tuple(parts))
        if join not in self._joins:
            self._joins[join] = len(self._heights)
            self._heights.append(height)
        return self._joins[join]

    def steps(self) -> tuple[list[_Step], list[int]]:
        """Return what to compute, in order, and the line in which each node will stand."""
        ordered = sorted(self._joins, key=_kind)
        rows = list(range(len(self._heights)))
        for line, join in enumerate(ordered, self._first):
            rows[self._joins[join]] = line
        steps, first = [], self._first
        for (_, every), group in groupby(ordered, _kind):
            parts = [[rows[part] for part in join.parts] for join in group]
            steps.append(_step(every, parts, first))
            first += len(parts)
        return steps, rows


def _kind(join: _Join) -> tuple[int, bool]:
    return join.height, join.every


def _step(every: bool, parts: list[list[int]], first: int) -> _Step:
    sizes = np.array([len(members) for members in parts])
    members = np.array([member for join in parts for member in join], dtype=np.int64)
    return _Step(every, members, np.cumsum(sizes) - sizes, first, first + len(parts))
