"""Training logs for tests, with labels that follow the features."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from schemas.example import LabelledExample
from scorers.features.rows import rows_of
from scorers.features.tables import ManifestTable
from streams.contest.closed import Closed
from tests.factories import make_example, make_manifests, make_spec

SPEC = make_spec()
BITS = 12
START = datetime(2026, 11, 1, tzinfo=UTC)
_MINI_BATCH = 16


def make_log(count: int, seed: int = 1, **changes: Any) -> list[LabelledExample]:
    """Return examples of which the parcels of three sellers are mostly violations."""
    rows = rows_of(ManifestTable(make_manifests(count, seed)), SPEC, range(count))
    rng = np.random.default_rng(seed)
    found = []
    for place, row in enumerate(rows):
        bad = row["seller_id"] in ("seller-1", "seller-2", "seller-3")
        fields = {
            "features": row,
            "label": bool(rng.random() < (0.8 if bad else 0.1)),
            "decision_id": f"parcels.manifests:0:{place}",
            "closes_batch": place % _MINI_BATCH == _MINI_BATCH - 1 or place == count - 1,
            "arm": "exploration" if place % 4 == 0 else "risk",
            "propensity": 1.0,
            "reported_at": START + timedelta(minutes=place),
        }
        found.append(make_example(**{**fields, **changes}))
    return found


def closed(examples: Sequence[LabelledExample], start: int = 0) -> Closed:
    """Return examples as they stand in the log from an offset on, every third offset free."""
    return Closed([start + place * 3 // 2 for place in range(len(examples))], examples)
