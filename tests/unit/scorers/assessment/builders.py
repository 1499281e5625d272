"""One parcel assessed by the packaged reference data."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from schemas.manifest import Manifest
from schemas.reference.assessment import Assessment
from schemas.reference.loading import Reference, load_reference
from scorers.assessment.assessments import Assessments
from scorers.assessment.assessor import Assessor
from scorers.features.declared import DeclaredTable
from tests.factories import make_item, make_manifest, make_party


@cache
def reference(switched_on: frozenset[str] = frozenset()) -> Reference:
    return load_reference(switched_on=switched_on)


@cache
def assessor(switched_on: frozenset[str] = frozenset()) -> Assessor:
    return Assessor(reference(switched_on))


def parcel(at: str = "", value: float = 18.9, **changes: Any) -> Manifest:
    """Return a parcel of one line worth `value`, declared at an RFC 3339 moment."""
    if at:
        changes["submitted_at"] = datetime.fromisoformat(at)
    changes.setdefault("items", (make_item(value=value),))
    return make_manifest(total_value=value, **changes)


def assess(*manifests: Manifest, switched_on: Collection[str] = ()) -> Assessments:
    return assessor(frozenset(switched_on)).assess(DeclaredTable(manifests))


def assessed(at: str = "", value: float = 18.9, **changes: Any) -> Assessment:
    """Return the assessment of one parcel."""
    return assess(parcel(at, value, **changes)).records()[0]


def fitting(manifest: Manifest, switched_on: Collection[str] = ()) -> tuple[str, ...]:
    """Return the codes of the rows that fit a parcel."""
    return assess(manifest, switched_on=switched_on).fitting(0)


PLACES = [*sorted(place.code for place in reference().territories), "BR"]


@st.composite
def drawn_parcels(draw: st.DrawFn) -> Manifest:
    """Draw parcels of any kind to any destination at any time, of values up to a million."""
    kinds = st.sampled_from(["person", "business"])
    lines = st.builds(
        make_item,
        value=st.integers(0, 10**7).map(lambda cents: cents / 100),
        hs_code=st.sampled_from(["610910", "610990", "850440", "", "240220", "990000"]),
        origin=st.sampled_from(["CN", "VN", ""]),
    )
    return make_manifest(
        destination_country=draw(st.sampled_from(PLACES)),
        origin_post_country=draw(st.sampled_from(["CN", "US", "MX", "VN"])),
        channel=draw(st.sampled_from(["post", "express", "other"])),
        transaction_nature=draw(st.sampled_from(["sale", "gift", "return"])),
        consignor=make_party(kind=draw(kinds)),
        consignee=make_party(kind=draw(kinds)),
        currency=draw(st.sampled_from(["EUR", "USD", "JPY", "KRW", "EUX"])),
        total_value=draw(st.integers(0, 10**8)) / 100,
        submitted_at=datetime.fromtimestamp(draw(st.integers(0, 2**31)), UTC),
        items=tuple(draw(st.lists(lines, min_size=1, max_size=5))),
    )
