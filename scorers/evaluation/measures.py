"""Measures of a ranking and of probabilities."""

from __future__ import annotations

import numpy as np

from scorers.features.batch import Floats

SHARES = (0.01, 0.02, 0.05, 0.10)
"""Shares of the cases that could be inspected (DATE, KDD 2020)."""


def precision_at(scores: Floats, labels: Floats, share: float) -> float:
    """Return the share of violations among the highest scored; of equal scores, the first.

    >>> precision_at(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]), 0.5)
    0.5
    """
    return float(labels[_top(scores, share)].mean())


def recall_at(scores: Floats, labels: Floats, share: float) -> float:
    """Return the share of all violations that is among the highest scored.

    >>> recall_at(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]), 0.25)
    0.5
    """
    return float(labels[_top(scores, share)].sum() / max(labels.sum(), 1.0))


def auc(scores: Floats, labels: Floats) -> float:
    """Return the area under the ROC curve: the chance that a violation scores above a good parcel.

    >>> auc(np.array([0.1, 0.2, 0.2, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]))
    0.875
    """
    _, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    positives = labels.sum()
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    above = ranks[labels > 0].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def expected_calibration_error(chances: Floats, labels: Floats, bins: int = 10) -> float:
    """Return the mean gap between stated chance and share found, over bins of equal size.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; equal-mass bins.

    >>> expected_calibration_error(np.array([0.5, 0.5]), np.array([1.0, 0.0]), bins=1)
    0.0
    """
    order = np.argsort(chances, kind="stable")
    gaps = [
        abs(chances[part].mean() - labels[part].mean()) * len(part)
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return float(sum(gaps) / len(chances))


def _top(scores: Floats, share: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    count = max(round(len(scores) * share), 1)
    return np.argsort(-scores, kind="stable")[:count]
