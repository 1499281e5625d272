"""Which rows fit a parcel: as the reference data says, and the same from memory."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from schemas.reference.conflicts import covers
from scorers.assessment import plans
from scorers.assessment.assessor import Assessor
from scorers.assessment.fitting import Situation, fits, holds, traits_of
from scorers.assessment.moments import span
from scorers.features.declared import DeclaredTable
from tests.factories import PROPERTY, make_manifest
from tests.unit.scorers.assessment.builders import PLACES, assess, drawn_parcels, reference

CHANNELS = ("post", "express", "other")


def expected_rows(manifest: Manifest) -> list[str]:
    """Return the codes of the rows about a parcel's destination that let it pass at its moment."""
    places = {place.code: place for place in reference().territories}
    place = places.get(manifest.destination_country)
    if place is None:
        return []
    main = max(manifest.items, key=lambda item: item.value)
    traits = traits_of(
        Situation(
            manifest.destination_country,
            manifest.channel,
            manifest.origin_post_country,
            main.origin,
            manifest.transaction_nature,
            manifest.consignor.kind,
            manifest.consignee.kind,
        )
    )
    zone, moment = ZoneInfo(place.time_zone), manifest.submitted_at.timestamp()
    about = (row for row in reference().in_force if covers(row, place) and fits(row, traits))
    return sorted(row.code for row in about if holds(span(row, zone), moment))


@PROPERTY
@given(st.lists(drawn_parcels(), min_size=1, max_size=6))
def test_rows_that_fit_are_those_that_let_the_parcel_pass(parcels: list[Manifest]) -> None:
    found = assess(*parcels)
    for place, parcel in enumerate(parcels):
        assert sorted(found.fitting(place)) == expected_rows(parcel)


def test_situations_that_share_a_place_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two places for more than a hundred situations.
    monkeypatch.setattr(plans, "_BITS", 1)
    monkeypatch.setattr(plans, "_SHIFT", np.uint64(63))
    parcels = [
        make_manifest(destination_country=country, channel=channel, eta=None)
        for country in PLACES
        for channel in CHANNELS
    ]
    forgetful = Assessor(reference())
    for _ in range(2):
        found = forgetful.assess(DeclaredTable(parcels)).records()
        assert found == [assess(parcel).records()[0] for parcel in parcels]


def test_situations_more_than_are_remembered_are_assessed_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plans, "_MEMO", 3)
    parcels = [make_manifest(destination_country=country) for country in PLACES]
    forgetful = Assessor(reference())
    for start in (0, 2, 0):
        found = forgetful.assess(DeclaredTable(parcels[start : start + 4])).records()
        assert found == assess(*parcels[start : start + 4]).records()
