"""The model of the measured worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np

from bench.teaching import taught_model
from schemas.codec import decode_manifest
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.extractor import DEFAULT_BITS, Extractor
from scorers.features.tables import ManifestTable
from scorers.lottery import Lottery
from scorers.model.model import Model
from scorers.policybook import PolicyBook, share_plan
from scorers.screening import Screener
from scorers.specs.parcels import SPEC

_BATCH: Final = 1_000
_LOGGED: Final = datetime(2026, 11, 1, tzinfo=UTC).timestamp()


def trained_model(values: Sequence[bytes], bits: int = DEFAULT_BITS) -> Model:
    """Return a model that has learnt what an empty one holds of these manifests."""
    extractor, assessor = Extractor(SPEC, bits), Assessor(load_reference(None))
    screener = Screener(extractor, PolicyBook(share_plan(0.1, 0.01)), Lottery(b"bench"))
    held = []
    for start in range(0, len(values), _BATCH):
        table = ManifestTable([decode_manifest(value) for value in values[start:][:_BATCH]])
        screener.prepare(table)
        table.assessments = assessor.assess(table)
        places = [("manifests", 0, start + place) for place in range(len(table))]
        decisions = screener.decide(table, places, np.full(len(table), _LOGGED)).records()
        screener.commit()
        held += [decision for decision in decisions if decision.action == "hold"]
    return taught_model(extractor, held)
