"""What contestants said of the newest labels before they learnt them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from itertools import islice
from typing import Final, NamedTuple

import numpy as np

from schemas.example import LabelledExample
from scorers.evaluation.comparing import (
    Difference,
    Figures,
    Judged,
    difference_of,
    figures_of,
    losses,
)
from scorers.features.batch import Floats
from streams.contest.closed import Closed

LEAST: Final = 200
"""Labels below which no figure says anything."""


class _Row(NamedTuple):
    label: float
    weight: float
    chances: dict[str, float]


class Scoreboard:
    """The newest `window` labels of parcels that the policy held, with everybody's chances.

    A label stands for as many parcels as its propensity says. Corrections, findings downstream
    and what is in quarantine are left out. `budget` is the share of parcels held.
    """

    def __init__(self, budget: float, window: int = 10_000) -> None:
        self._budget = budget
        self._rows: deque[_Row] = deque(maxlen=window)

    def add(self, closed: Closed, chances: Mapping[str, Floats]) -> int:
        """Take in mini-batches; return how many labels count."""
        counted = 0
        for place, example in enumerate(closed.examples):
            if _counts(example):
                given = {
                    name: float(found[place])
                    for name, found in chances.items()
                    if not np.isnan(found[place])
                }
                if given:
                    self._rows.append(_Row(float(example.label), 1 / example.propensity, given))
                    counted += 1
        return counted

    def clear(self) -> None:
        """Forget all: another model decides, so what comes is another sample."""
        self._rows.clear()

    @property
    def names(self) -> list[str]:
        """Those who gave chances."""
        return sorted({name for row in self._rows for name in row.chances})

    def figures(self, name: str) -> Figures | None:
        """Return how well a contestant does; None while that says nothing."""
        (chances,), judged = self._common(name)
        return None if len(judged) < LEAST else figures_of(chances, judged, self._budget)

    def difference(self, challenger: str, champion: str, level: float = 0.99) -> Difference | None:
        """Return what a challenger has over the champion, on the labels that both scored."""
        (one, other), judged = self._common(challenger, champion)
        if len(judged) < LEAST:
            return None
        return difference_of(one, other, judged, self._budget, level)

    def loss_gap(self, one: str, other: str, newest: int, most_weight: float) -> Gap | None:
        """Return by how much more `one` loses a label than `other`, over the newest labels."""
        (mine, others), judged = self._common(one, other, newest=newest)
        if len(judged) < newest:
            return None
        gaps = losses(mine, judged.labels) - losses(others, judged.labels)
        weights = np.minimum(judged.weights, most_weight)
        mean = float(np.average(gaps, weights=weights))
        spread = weights * (gaps - mean)
        error = float(np.sqrt(spread @ spread) / weights.sum())
        return Gap(mean, error)

    def _common(self, *names: str, newest: int | None = None) -> tuple[list[Floats], Judged]:
        wanted = set(names)
        all_scored = (row for row in reversed(self._rows) if wanted <= row.chances.keys())
        rows = list(islice(all_scored, newest))[::-1]
        found = [np.array([row.chances[name] for row in rows]) for name in names]
        labels = np.array([row.label for row in rows])
        return found, Judged(labels, np.array([row.weight for row in rows]))


class Gap(NamedTuple):
    """A mean difference and its standard error."""

    mean: float
    error: float

    @property
    def sigmas(self) -> float:
        """The mean in standard errors."""
        return self.mean / self.error if self.error else 0.0


def _counts(example: LabelledExample) -> bool:
    held = example.arm != "release" and example.propensity > 0
    return held and example.corrects is None and example.weight > 0
