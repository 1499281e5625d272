"""The moment that counts: expected arrival, and not before the declaration."""

from __future__ import annotations

from datetime import datetime

import pytest

from scorers.assessment.moments import assessed_at
from scorers.features.declared import DeclaredTable
from tests.factories import make_manifest

EARLY, LATE = "2026-06-30T20:00:00+00:00", "2026-07-01T20:00:00+02:00"


@pytest.mark.parametrize(
    ("submitted", "eta", "counts"),
    [(EARLY, None, EARLY), (EARLY, LATE, LATE), (LATE, EARLY, LATE), (LATE, LATE, LATE)],
)
def test_moment_that_counts_is_the_arrival_but_not_before_the_declaration(
    submitted: str, eta: str | None, counts: str
) -> None:
    manifest = make_manifest(
        submitted_at=datetime.fromisoformat(submitted),
        eta=None if eta is None else datetime.fromisoformat(eta),
    )
    other = make_manifest(eta=datetime.fromisoformat(LATE))
    expected = datetime.fromisoformat(counts).timestamp()
    assert assessed_at(DeclaredTable([manifest]))[0] == expected
    assert assessed_at(DeclaredTable([manifest, other]))[0] == expected
