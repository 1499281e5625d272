"""Trees of conditions over bits: a line of bits for each node, 64 parcels to a word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.quality import Flags
from scorers.rules.conditions import AllOf, AnyOf, Condition, Leaf, Not

WORD: Final = 64
"""Bits of a word; the width of what a formula takes is a multiple of it."""

Bits = npt.NDArray[np.uint64]

_Join = tuple[bool, tuple[int, ...]]
"""A node that holds where all (or any) of its parts do."""


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
        builder = _Builder(leaves)
        numbers = [builder.number_of(root, negated=False) for root in roots]
        joins = list(builder.joins)
        self._every = np.array([every for every, _ in joins], dtype=np.bool_)
        members = chain.from_iterable(parts for _, parts in joins)
        self._members = np.array([*members], dtype=np.int64)
        self._ends = np.array([0, *accumulate(len(parts) for _, parts in joins)])
        self._roots = np.array(numbers, dtype=np.int64)

    def bits(self, leaves: Bits) -> Bits:
        """Return a line of bits for each root, from one for each leaf."""
        height = 2 * len(leaves) + len(self._every)
        lines = np.empty((height, leaves.shape[1]), dtype=np.uint64)
        _join_all(leaves, self._every, self._members, self._ends, lines)
        return lines[self._roots]


@compiled
def _join_all(leaves: Bits, every: Flags, members: Integers, ends: Integers, lines: Bits) -> None:
    """Fill in the lines of all nodes: leaves, their complements, and joins, parts before wholes."""
    count = len(leaves)
    for leaf in range(count):
        for word in range(leaves.shape[1]):
            lines[leaf, word], lines[count + leaf, word] = leaves[leaf, word], ~leaves[leaf, word]
    for join in range(len(every)):
        line = lines[2 * count + join]
        line[:] = lines[members[ends[join]]]
        for at in range(ends[join] + 1, ends[join + 1]):
            part = lines[members[at]]
            for word in range(len(line)):
                both, either = line[word] & part[word], line[word] | part[word]
                line[word] = both if every[join] else either


class _Builder:
    """Numbers the nodes of trees: first the leaves, then their complements, then the joins."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self._places = {leaf: place for place, leaf in enumerate(leaves)}
        self.joins: dict[_Join, int] = {}

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
        return self.joins.setdefault((every, tuple(parts)), 2 * len(self._places) + len(self.joins))
