"""A model as a function of the training log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from itertools import accumulate, pairwise

import numpy as np

from schemas.example import LabelledExample
from scorers.features.batch import FeatureBatch, Floats
from scorers.features.extractor import Extractor
from scorers.features.rows import RowTable
from scorers.model.lessons import Lessons, learn
from scorers.model.model import Model

Watch = Callable[[FeatureBatch, Floats], None]
"""Is told the features of a mini-batch and the chances that the model gave before it learnt it."""


class Fold:
    """A model as a function of the training log: equal logs give equal models, bit for bit.

    The log says where a mini-batch ends, so how its records arrive makes no difference. What is in
    quarantine (weight 0) is not learnt. `most_importance` bounds the inverse propensities that
    labels are weighed by; with 1 they are not. `watch` is told of each mini-batch that is learnt.
    """

    def __init__(
        self,
        extractor: Extractor,
        model: Model,
        most_importance: float = 1.0,
        watch: Watch | None = None,
    ) -> None:
        self._extractor = extractor
        self._most_importance = most_importance
        self._watch = watch
        self.model = model
        self._open: list[LabelledExample] = []

    def add(self, examples: Sequence[LabelledExample]) -> int:
        """Take the next examples; return how many of them stand before the end of a mini-batch.

        So many are learnt now, with what was open before; the rest waits for the batch's end.
        Features of all are made together, since a batch of one costs as much as one of a hundred.
        """
        ends = [place for place, one in enumerate(examples, start=1) if one.closes_batch]
        if not ends:
            self._open += examples
            return 0
        before = len(self._open)
        self._learn([*self._open, *examples[: ends[-1]]], [before + end for end in ends])
        self._open = list(examples[ends[-1] :])
        return ends[-1]

    def _learn(self, closed: Sequence[LabelledExample], ends: Sequence[int]) -> None:
        """Learn closed mini-batches, without what is in quarantine."""
        counts = [0, *accumulate(int(one.weight > 0) for one in closed)]
        learnt = [one for one in closed if one.weight > 0]
        if not learnt:
            return
        features = self._extractor.extract(
            RowTable([one.features for one in learnt], self._extractor.spec)
        )
        lessons = lessons_of(learnt)
        for start, end in pairwise([0, *(counts[end] for end in ends)]):
            if start < end:
                self._learn_batch(features.part(start, end), lessons.part(start, end))

    def _learn_batch(self, features: FeatureBatch, lessons: Lessons) -> None:
        before = copy(self.model.calibration)
        logits = learn(self.model, features, lessons, self._most_importance)
        if self._watch is not None:
            self._watch(features, before.probabilities(logits))


def lessons_of(examples: Sequence[LabelledExample]) -> Lessons:
    """Return the labels of examples, as a model learns them."""
    former = [np.nan if one.corrects is None else float(one.corrects) for one in examples]
    return Lessons(
        labels=np.array([one.label for one in examples], dtype=np.float64),
        propensities=np.array([one.propensity for one in examples]),
        weights=np.array([one.weight for one in examples]),
        former=np.array(former),
        sampled=np.array([_was_sampled(one) for one in examples], dtype=np.bool_),
    )


def _was_sampled(example: LabelledExample) -> bool:
    """Tell whether the policy held the parcel; what it cleared was found by somebody else."""
    return example.arm != "release" and example.propensity > 0
