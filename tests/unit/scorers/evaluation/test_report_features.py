"""Mean contributions against one parcel after the other; names that can be told apart."""

from __future__ import annotations

from collections import defaultdict

import pytest

from scorers.evaluation.report_features import mean_contributions, readable_names
from scorers.features.tables import ManifestTable
from scorers.specs.declarations import SPEC
from tests.factories import contributions_of
from tests.unit.scorers.evaluation.builders import make_apprentice, varied_cases


def test_mean_contributions_are_those_of_single_parcels() -> None:
    cases, apprentice = varied_cases(60, seed=3), make_apprentice()
    apprentice.learn(cases)
    batch = apprentice.extractor.extract(ManifestTable(cases.manifests))
    totals: dict[str, float] = defaultdict(float)
    for parcel in range(len(cases)):
        for part in contributions_of(batch, apprentice.model.weights, parcel):
            totals[part.name] += abs(part.value)
    names = {**readable_names(apprentice.extractor.spec), "bias": "bias"}
    found = mean_contributions(apprentice, cases)
    assert found == pytest.approx({names[n]: total / 60 for n, total in totals.items()}, rel=1e-5)


def test_names_are_made_of_labels_and_no_two_are_the_same() -> None:
    names = readable_names(SPEC)
    assert names["hs6+origin"] == "subheading × origin"
    assert names["mass"] == "net mass (mass)"
    assert len(set(names.values())) == len(SPEC.features)
