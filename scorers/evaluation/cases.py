"""Recorded cases: manifests with their day and what an inspection found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from schemas.manifest import Manifest
from scorers.features.batch import Floats


@dataclass(frozen=True)
class Cases:
    """Cases in the order of their days."""

    manifests: Sequence[Manifest]
    days: Sequence[date]
    labels: Floats

    def __len__(self) -> int:
        return len(self.manifests)

    def part(self, start: int, end: int) -> Cases:
        """Return the cases from `start` to before `end`."""
        return Cases(self.manifests[start:end], self.days[start:end], self.labels[start:end])

    def pick(self, indices: npt.NDArray[np.int64]) -> Cases:
        """Return some of the cases, in the order of `indices`."""
        manifests = [self.manifests[index] for index in indices.tolist()]
        return Cases(manifests, [self.days[index] for index in indices], self.labels[indices])

    def batches(self, size: int) -> Iterator[Cases]:
        """Yield the cases in batches."""
        for start in range(0, len(self), size):
            yield self.part(start, start + size)

    def by_day(self) -> Iterator[Cases]:
        """Yield the cases of each day that has any."""
        ordinals = np.array([day.toordinal() for day in self.days])
        bounds = [0, *(np.flatnonzero(np.diff(ordinals)) + 1).tolist(), len(self)]
        for start, end in itertools.pairwise(bounds):
            if end > start:
                yield self.part(start, end)


def join(parts: Sequence[Cases]) -> Cases:
    """Return several series of cases as one."""
    return Cases(
        [manifest for part in parts for manifest in part.manifests],
        [day for part in parts for day in part.days],
        np.concatenate([part.labels for part in parts]),
    )
