"""Tiny recorded cases, and a scorer that keeps a diary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

import numpy as np

from scorers.evaluation.cases import Cases
from scorers.evaluation.scoring import Apprentice, Scores
from scorers.features.batch import Floats
from scorers.model.calibration import sigmoid
from tests.factories import make_manifest, make_manifests, make_spec

FIRST = date(2026, 1, 1)
BITS = 14


def make_cases(per_day: Sequence[int], seed: int = 1, rate: float = 0.3) -> Cases:
    """Return cases with ids `c-0`, `c-1`, ... and values 0, 1, ... in random order."""
    rng = np.random.default_rng(seed)
    total = sum(per_day)
    values = rng.permutation(total).tolist()
    manifests = [
        make_manifest(item_id=f"c-{n}", total_value=float(values[n])) for n in range(total)
    ]
    days = [FIRST + timedelta(days=day) for day, size in enumerate(per_day) for _ in range(size)]
    return Cases(manifests, days, (rng.random(total) < rate).astype(np.float64))


def varied_cases(n: int, seed: int) -> Cases:
    """Return cases that differ in all fields, on one day, with labels that nothing explains."""
    labels = np.random.default_rng(seed).integers(0, 2, n).astype(np.float64)
    return Cases(make_manifests(n, seed), [FIRST] * n, labels)


def make_apprentice() -> Apprentice:
    """Return a small untaught model, without novelty: it scores as it learns."""
    return Apprentice(make_spec(novelty=()), bits=BITS)


def ids(cases: Cases) -> list[str]:
    """Return the ids of the cases."""
    return [manifest.item_id for manifest in cases.manifests]


def steps() -> Iterator[float]:
    """Return a clock's readings: a second later each time."""
    return (float(second) for second in count(100))


@dataclass
class Learnt:
    """One call of `learn`."""

    cases: Cases
    propensities: Floats | None


@dataclass
class Diary:
    """A scorer that ranks by declared value and keeps what it was asked, in order."""

    entries: list[Cases | Learnt] = field(default_factory=list)

    def score(self, cases: Cases) -> Scores:
        """Return the declared values as logits."""
        self.entries.append(cases)
        return self._scores(cases)

    def learn(self, cases: Cases, propensities: Floats | None = None) -> Scores:
        """Note the cases."""
        self.entries.append(Learnt(cases, propensities))
        return self._scores(cases)

    @property
    def learnt(self) -> list[Learnt]:
        """The calls of `learn`."""
        return [entry for entry in self.entries if isinstance(entry, Learnt)]

    @property
    def scored(self) -> list[Cases]:
        """The cases of the calls of `score`."""
        return [entry for entry in self.entries if isinstance(entry, Cases)]

    @staticmethod
    def _scores(cases: Cases) -> Scores:
        values = np.array([manifest.total_value for manifest in cases.manifests])
        return Scores(values, sigmoid(values / 1_000.0))
