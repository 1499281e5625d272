"""Scorers compared on the same labels, with confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from scorers.features.batch import Floats

_LEAST: Final = 1e-6
"""A chance nearer to 0 or 1 would make one label weigh more than all others."""

_BINS: Final = 10
_SEED: Final = 1
RESAMPLES: Final = 200


class Interval(NamedTuple):
    """A figure with the interval that holds it in all but a few of a hundred cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Judged:
    """Labels (0 or 1) and what each stands for: the inverse of its chance to be had."""

    labels: Floats
    weights: Floats

    def __len__(self) -> int:
        return len(self.labels)


def losses(chances: Floats, labels: Floats) -> Floats:
    """Return the log loss of each chance.

    >>> losses(np.array([0.5, 0.9]), np.array([1.0, 1.0])).round(3).tolist()
    [0.693, 0.105]
    """
    bounded = np.clip(chances, _LEAST, 1 - _LEAST)
    return -np.where(labels > 0, np.log(bounded), np.log1p(-bounded))


def log_loss(chances: Floats, judged: Judged) -> float:
    """Return the mean log loss over all parcels that the labels stand for."""
    return float(np.average(losses(chances, judged.labels), weights=judged.weights))


def precision(chances: Floats, judged: Judged, budget: float) -> float:
    """Return the share of violations among the share `budget` of parcels with the highest chances.

    >>> judged = Judged(np.array([1.0, 0.0, 1.0]), np.array([1.0, 1.0, 2.0]))
    >>> precision(np.array([0.9, 0.8, 0.1]), judged, 0.5)
    0.5
    """
    order = np.argsort(-chances, kind="stable")
    weights = judged.weights[order]
    before = np.cumsum(weights) - weights
    counted = np.clip(budget * weights.sum() - before, 0.0, weights)
    total = counted.sum()
    return float(counted @ judged.labels[order] / total) if total else float("nan")


def calibration_error(chances: Floats, judged: Judged) -> float:
    """Return the mean gap between stated chance and share found, over bins of equal weight."""
    order = np.argsort(chances, kind="stable")
    weights = judged.weights[order]
    bins = np.minimum((np.cumsum(weights) - weights) / weights.sum() * _BINS, _BINS - 1)
    gaps = weights * (chances[order] - judged.labels[order])
    return float(np.abs(np.bincount(bins.astype(np.int64), gaps)).sum() / weights.sum())


@dataclass(frozen=True)
class Figures:
    """How well a scorer does; the intervals are of resampled labels."""

    labels: int
    precision: Interval
    log_loss: Interval
    calibration_error: Interval


def figures_of(chances: Floats, judged: Judged, budget: float, level: float = 0.95) -> Figures:
    """Return the figures of a scorer that gave these chances before it learnt the labels."""
    # What is in order is sorted anew in little time.
    order = np.argsort(-chances, kind="stable")
    chances, judged = chances[order], Judged(judged.labels[order], judged.weights[order])
    lost = losses(chances, judged.labels)

    def figures(one: Judged) -> tuple[float, ...]:
        mean = float(np.average(lost, weights=one.weights))
        return precision(chances, one, budget), mean, calibration_error(chances, one)

    return Figures(len(judged), *_resampled(figures, judged, level))


@dataclass(frozen=True)
class Difference:
    """A challenger's figures less the champion's, on the same labels."""

    labels: int
    precision: Interval
    log_loss: Interval


def difference_of(
    challenger: Floats, champion: Floats, judged: Judged, budget: float, level: float = 0.99
) -> Difference:
    """Return what a challenger has over the champion; each resample is the same for both."""

    more = losses(challenger, judged.labels) - losses(champion, judged.labels)

    def figures(one: Judged) -> tuple[float, ...]:
        gained = precision(challenger, one, budget) - precision(champion, one, budget)
        return gained, float(np.average(more, weights=one.weights))

    return Difference(len(judged), *_resampled(figures, judged, level))


def _resampled(
    figures: Callable[[Judged], tuple[float, ...]], judged: Judged, level: float
) -> Iterator[Interval]:
    """Yield figures with their intervals by the bootstrap with Poisson weights.

    Chamandy et al., "Estimating Uncertainty for Massive Data Streams", 2012.
    """
    rng = np.random.default_rng(_SEED)
    found = []
    for _ in range(RESAMPLES):
        weights = judged.weights * rng.poisson(1.0, len(judged))
        if weights.sum() > 0:
            found.append(figures(Judged(judged.labels, weights)))
    tail = (1 - level) / 2
    values = figures(judged)
    bounds = np.nanquantile(found or [(np.nan,) * len(values)], [tail, 1 - tail], axis=0)
    for value, low, high in zip(values, *bounds.tolist(), strict=True):
        yield Interval(value, low, high)
