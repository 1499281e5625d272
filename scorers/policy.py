"""From scores to holds: the top share by score, and a random share of everything."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats

_TIE_BREAK: Final = 1e-6
"""Logits: orders equal scores at random, without reordering scores that differ."""


_MAKE_UP: Final = 4
"""What is owed is made up for within a window's fourth, if the stream stays as it is."""

_NEVER: Final = 1e6
"""A threshold in logits that no score reaches, yet a number in JSON."""


@dataclass(frozen=True)
class ShareBudget:
    """Share of parcels to hold; `explore` of it is drawn at random, the rest has the top scores.

    >>> ShareBudget(hold=0.05, explore=0.01).version
    'share-0.05-explore-0.01'
    """

    hold: float = 0.03
    explore: float = 0.005

    def __post_init__(self) -> None:
        if not 0 <= self.explore <= self.hold < 1:
            raise ValueError(
                f"Expected 0 <= explore <= hold < 1, got explore={self.explore}, hold={self.hold}"
            )

    @property
    def version(self) -> str:
        """Name of the policy as decisions carry it."""
        return f"share-{self.hold:g}-explore-{self.explore:g}"

    @property
    def risk(self) -> float:
        """Share by score among what the lottery left."""
        return (self.hold - self.explore) / (1 - self.explore)


@dataclass(frozen=True)
class Selection:
    """What a batch's policy decided: masks of the two arms, propensities, the threshold used."""

    explored: npt.NDArray[np.bool_]
    risky: npt.NDArray[np.bool_]
    propensity: Floats
    threshold: float


def _ranked(scores: Floats, draws: Floats) -> Floats:
    return scores + _TIE_BREAK * draws


class SharePolicy:
    """Holds what the lottery drew and what scores above a quantile of the recent stream.

    The lottery comes first and does not look at the score, so what it holds is an unbiased sample
    of the stream. The threshold is the quantile of the last `window` scores, this batch's
    included. Holds too many or too few for the budget are made up for.
    """

    def __init__(self, budget: ShareBudget, window: int = 20_000) -> None:
        self.budget = budget
        self.window = window
        self._recent: deque[Floats] = deque()
        self._kept = 0
        self._owed = 0.0

    def select(self, scores: Floats, draws: Floats) -> Selection:
        """Decide a batch from its scores (logits) and lottery numbers."""
        ranked = _ranked(scores, draws)
        threshold = self._threshold(ranked)
        explored = draws < self.budget.explore
        above = ranked > threshold
        risky = above & ~explored
        self._owed += self.budget.risk * np.count_nonzero(~explored) - np.count_nonzero(risky)
        propensity = self._propensity(scores, threshold)
        return Selection(explored, risky, propensity, threshold)

    def remember(self, recent: Sequence[tuple[Floats, Floats]]) -> None:
        """Replace the recent scores: another model has scored the recent stream anew."""
        self._recent = deque(_ranked(scores, draws) for scores, draws in recent)
        self._kept = sum(map(len, self._recent))

    def _propensity(self, scores: Floats, threshold: float) -> Floats:
        """Return the chance of being held, over all numbers that the lottery could have drawn.

        A parcel is held if its number is below the exploration share, or high enough to lift its
        score over the threshold. Only among scores that tie with it does the number decide.
        """
        explore = self.budget.explore
        least = np.clip((threshold - scores) / _TIE_BREAK, explore, 1.0)
        return 1.0 - (least - explore)

    def _share(self) -> float:
        """Return the share to hold by score now: the budget's, and part of what is owed to it.

        Recent scores are not all like the next ones. Those that a model has learnt from it scores
        with hindsight, and streams change; so holds too many or too few are made up for.
        """
        risk = self.budget.risk
        most = risk * self.window
        self._owed = min(max(self._owed, -most), most)
        return min(max(risk + self._owed * _MAKE_UP / self.window, 0.0), 2 * risk)

    def _threshold(self, ranked: Floats) -> float:
        self._recent.append(ranked)
        self._kept += len(ranked)
        while self._kept - len(self._recent[0]) >= self.window:
            self._kept -= len(self._recent.popleft())
        if self.budget.risk == 0:
            return _NEVER
        recent = np.concatenate(self._recent)
        above = max(round(len(recent) * self._share()), 1)
        if above >= len(recent):
            return float(recent.min()) - _TIE_BREAK
        # Half-way between two scores, so that no parcel ties with itself.
        last = len(recent) - above - 1
        below, over = np.partition(recent, (last, last + 1))[last : last + 2]
        return float((below + over) / 2)
