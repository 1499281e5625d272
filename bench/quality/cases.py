"""The recorded cases that are compared on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scorers.evaluation.cases import Cases
from streams.sources.adapters import Adapter


def read_cases(adapter: Adapter, path: Path) -> Cases:
    """Return the cases in `path`, in the order of their days."""
    records = list(adapter.read(path))
    labels = np.array([record.violation for record in records], dtype=np.float64)
    return Cases([r.manifest for r in records], [r.day for r in records], labels)
