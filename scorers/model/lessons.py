"""Learning labels that are not all alike: weighed, taken back, or not sampled by the lottery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from scorers.features.batch import FeatureBatch, Floats
from scorers.model.evidence import Evidence
from scorers.model.model import MAX_IMPORTANCE, Model

TAKEN_BACK: Final = 2.0
"""Weight of a correction: it undoes the step towards the wrong label, and makes the right one."""


@dataclass(frozen=True)
class Lessons:
    """Labels (0 or 1) of a mini-batch, and what else is known of each.

    weights: how much each counts, in (0, 1].
    former: the label that was learnt before and is taken back, NaN for none.
    sampled: whether the policy selected the parcel with its propensity. What was found downstream
    came to light by itself: it teaches the weights, and says nothing of how common violations are.
    """

    labels: Floats
    propensities: Floats
    weights: Floats
    former: Floats
    sampled: npt.NDArray[np.bool_]

    @property
    def corrects(self) -> npt.NDArray[np.bool_]:
        """Which labels take a former one back."""
        found: npt.NDArray[np.bool_] = ~np.isnan(self.former)
        return found

    @property
    def are_plain(self) -> bool:
        """Whether all count alike."""
        return bool((self.weights == 1).all() and self.sampled.all() and not self.corrects.any())

    def part(self, start: int, end: int) -> Lessons:
        """Return those from `start` to before `end`."""
        return Lessons(
            self.labels[start:end],
            self.propensities[start:end],
            self.weights[start:end],
            self.former[start:end],
            self.sampled[start:end],
        )


def learn(
    model: Model, batch: FeatureBatch, lessons: Lessons, most_importance: float = 1.0
) -> Floats:
    """Learn one mini-batch; return the logits that it had before.

    `most_importance` is the bound of the inverse propensities by which labels weigh; with 1 they
    do not. A correction is learnt with twice the weight and moves the evidence to its place; the
    calibration passes it over, since the score has seen the wrong label.
    """
    if most_importance == 1 and lessons.are_plain:
        return model.learn(batch, lessons.labels, lessons.propensities)
    logits = model.logits(batch)
    inverse = 1.0 / np.maximum(lessons.propensities, 1.0 / MAX_IMPORTANCE)
    states = lessons.sampled & ~lessons.corrects
    model.calibration.learn(
        logits[states], lessons.labels[states], (inverse * lessons.weights)[states]
    )
    importance = np.where(lessons.corrects, TAKEN_BACK, 1.0) * lessons.weights
    rarity = 1.0 / np.maximum(lessons.propensities, 1.0 / most_importance)
    importance *= np.where(lessons.sampled, rarity, 1.0)
    model.ftrl.learn(batch.occurrences(), logits, lessons.labels, importance)
    model.evidence.add(batch, lessons.labels)
    for place in np.flatnonzero(lessons.corrects).tolist():
        _take_back(model.evidence, batch.part(place, place + 1), bool(lessons.former[place]))
    model.labels += batch.count
    return logits


def _take_back(evidence: Evidence, parcel: FeatureBatch, violation: bool) -> None:
    """Uncount one inspection of a parcel, as `Evidence.add` counted it."""
    for block in parcel.blocks:
        slots = block.slots.ravel() if block.rows is None else np.unique(block.slots)
        np.subtract.at(evidence.inspected, slots, np.uint32(1))
        if violation:
            np.subtract.at(evidence.violations, slots, np.uint32(1))
