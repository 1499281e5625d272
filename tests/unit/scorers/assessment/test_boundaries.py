"""Every row of the regimes holds from its first moment to its last, in its own time zone.

The moments are written with their offsets from UTC, so that they do not depend on the time zones
that the code uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from schemas.manifest import Manifest
from tests.factories import make_item, make_party
from tests.unit.scorers.assessment.builders import assessed, fitting, parcel, reference

TICK = timedelta(microseconds=1)
PERSON = make_party(kind="person")
GIFT = {"transaction_nature": "gift", "consignor": PERSON, "consignee": PERSON}
POST, EXPRESS = {"channel": "post"}, {"channel": "express"}
CHINESE = {"items": (make_item(origin="CN"),)}
COURIER_FROM_US = {**EXPRESS, "origin_post_country": "US"}


class Row(NamedTuple):
    """A row's code, the first moment it holds, the first it no longer does, whom it applies to."""

    code: str
    start: str
    end: str
    changes: Mapping[str, Any] = MappingProxyType({})


ROWS = (
    Row("EU-DUTY-150", "2008-12-01T00:00:00+01:00", "2026-07-01T00:00:00+02:00"),
    Row("EU-DUTY-3-A-SUBHEADING", "2026-07-01T00:00:00+02:00", "2028-07-02T00:00:00+02:00"),
    Row("EU-DUTY-GIFT-45", "2008-12-01T00:00:00+01:00", "", GIFT),
    Row("EU-VAT-22", "", "2021-07-01T00:00:00+02:00"),
    Row("EU-VAT", "2021-07-01T00:00:00+02:00", ""),
    Row("EU-VAT-GIFT-45", "2021-07-01T00:00:00+02:00", "", GIFT),
    Row("EU-FEE-HANDLING", "2026-11-01T00:00:00+01:00", ""),
    Row("RO-FEE-25", "2026-01-01T00:00:00+02:00", ""),
    Row("FR-FEE-2-A-LINE", "2026-03-01T00:00:00+01:00", ""),
    Row("IT-FEE-2", "2026-07-01T00:00:00+02:00", ""),
    Row("US-DUTY-800", "2016-03-10T00:00:00-05:00", "2025-08-29T00:00:00-04:00"),
    Row("US-DUTY-CHINA", "2025-05-02T00:00:00-04:00", "2025-08-29T00:00:00-04:00", CHINESE),
    Row(
        "US-DUTY-CHINA-POST",
        "2025-05-14T00:00:00-04:00",
        "2025-08-29T00:00:00-04:00",
        {**CHINESE, **POST},
    ),
    Row("US-DUTY-ALL", "2025-08-29T00:00:00-04:00", ""),
    Row("US-DUTY-GIFT-100", "2025-08-29T00:00:00-04:00", "", GIFT),
    Row("US-DUTY-POST-RATE", "2025-08-29T00:00:00-04:00", "2026-02-24T00:00:00-05:00", POST),
    Row("US-DUTY-POST-80", "2025-08-29T00:00:00-04:00", "2026-03-01T00:00:00-05:00", POST),
    Row("US-DUTY-POST-160", "2025-08-29T00:00:00-04:00", "2026-03-01T00:00:00-05:00", POST),
    Row("US-DUTY-POST-200", "2025-08-29T00:00:00-04:00", "2026-03-01T00:00:00-05:00", POST),
    Row("US-SURCHARGE-IEEPA", "2025-08-29T00:00:00-04:00", "2026-02-24T00:00:00-05:00", EXPRESS),
    Row("US-SURCHARGE-122", "2026-02-24T00:00:00-05:00", "2026-07-25T00:00:00-04:00"),
    Row("US-TAX", "", ""),
    Row("GB-DUTY-135", "2021-01-01T00:00:00+00:00", "2029-04-01T00:00:00+01:00"),
    Row("GB-VAT", "2021-01-01T00:00:00+00:00", ""),
    Row("GB-VAT-GIFT-39", "2021-01-01T00:00:00+00:00", "", GIFT),
    Row("AU-DUTY-1000", "2018-07-01T00:00:00+10:00", ""),
    Row("AU-GST", "2018-07-01T00:00:00+10:00", ""),
    Row("CA-DUTY-20", "2020-07-01T00:00:00-04:00", ""),
    Row("CA-DUTY-COURIER-150", "2020-07-01T00:00:00-04:00", "", COURIER_FROM_US),
    Row("CA-GST-20", "2020-07-01T00:00:00-04:00", ""),
    Row("CA-GST-COURIER-40", "2020-07-01T00:00:00-04:00", "", COURIER_FROM_US),
    Row("JP-DUTY-10000", "", ""),
    Row("JP-TAX-10000", "", ""),
    Row("KR-DUTY-150", "", ""),
    Row("KR-DUTY-US-200", "", "", {"origin_post_country": "US"}),
    Row("KR-VAT-150", "", ""),
    Row("KR-VAT-US-200", "", "", {"origin_post_country": "US"}),
    Row("CH-DUTY", "2024-01-01T00:00:00+01:00", ""),
    Row("CH-DUTY-GIFT-100", "2024-01-01T00:00:00+01:00", "", GIFT),
    Row("CH-VAT-5", "2024-01-01T00:00:00+01:00", ""),
    Row("CH-VAT-GIFT-100", "2024-01-01T00:00:00+01:00", "", GIFT),
    Row("TH-DUTY-1500", "", "2026-01-01T00:00:00+07:00"),
    Row("TH-DUTY-ALL", "2026-01-01T00:00:00+07:00", ""),
    Row("TH-VAT-1500", "", "2024-07-05T00:00:00+07:00"),
    Row("TH-VAT", "2024-07-05T00:00:00+07:00", ""),
)

each_row = pytest.mark.parametrize("row", ROWS, ids=[row.code for row in ROWS])
OFF = {row.code for row in reference().regimes if row.status == "unconfirmed"}


def sent(row: Row, at: datetime) -> Manifest:
    """Return a parcel that the row is about; Germany stands for the union."""
    place = row.code[:2]
    destination = "DE" if place == "EU" else place
    return parcel(at.isoformat(), destination_country=destination, **row.changes)


def holds(row: Row, at: datetime) -> bool:
    return row.code in fitting(sent(row, at), switched_on={row.code} & OFF)


def test_every_row_of_the_packaged_regimes_has_its_boundaries_tested() -> None:
    assert [row.code for row in ROWS] == [row.code for row in reference().regimes]


@each_row
def test_row_holds_from_its_first_moment_and_not_before(row: Row) -> None:
    if not row.start:
        assert holds(row, datetime.fromisoformat("1990-01-01T00:00:00+00:00"))
        return
    start = datetime.fromisoformat(row.start)
    assert not holds(row, start - TICK)
    assert holds(row, start)


@each_row
def test_row_holds_to_its_last_moment_and_not_after(row: Row) -> None:
    if not row.end:
        assert holds(row, datetime.fromisoformat("2090-01-01T00:00:00+00:00"))
        return
    end = datetime.fromisoformat(row.end)
    assert holds(row, end - TICK)
    assert not holds(row, end)


@each_row
def test_row_applies_to_its_own_destination_only(row: Row) -> None:
    first, last = row.start or "1990-01-01T00:00:00+00:00", row.end or "2090-01-01T00:00:00+00:00"
    middle = datetime.fromisoformat(first) + TICK
    assert middle < datetime.fromisoformat(last)
    elsewhere = parcel(middle.isoformat(), destination_country="BR", **row.changes)
    assert fitting(elsewhere, switched_on={row.code} & OFF) == ()


@pytest.mark.parametrize(
    ("destination", "midnight"),
    [
        ("PT", "2026-07-01T00:00:00+01:00"),
        ("IE", "2026-07-01T00:00:00+01:00"),
        ("ES", "2026-07-01T00:00:00+02:00"),
        ("FI", "2026-07-01T00:00:00+03:00"),
        ("CY", "2026-07-01T00:00:00+03:00"),
    ],
)
def test_union_row_begins_at_each_members_own_midnight(destination: str, midnight: str) -> None:
    start = datetime.fromisoformat(midnight)
    before = assessed((start - TICK).isoformat(), destination_country=destination)
    after = assessed(start.isoformat(), destination_country=destination)
    assert (before.duty, before.regime) == (0.0, "EU-DUTY-150")
    assert (after.duty, after.regime) == (3.0, "EU-DUTY-3-A-SUBHEADING")


MEMBERS = [place.code for place in reference().territories if place.member_of == "EU"]


@pytest.mark.parametrize("member", MEMBERS)
def test_union_row_applies_to_every_member(member: str) -> None:
    assert assessed("2026-08-01T00:00:00+00:00", destination_country=member).duty == 3.0


@pytest.mark.parametrize(
    ("destination", "midnight", "before", "after"),
    [
        ("EE", "2024-01-01T00:00:00+02:00", 20.0, 22.0),
        ("EE", "2025-07-01T00:00:00+03:00", 22.0, 24.0),
        ("FI", "2024-09-01T00:00:00+03:00", 24.0, 25.5),
        ("LU", "2023-01-01T00:00:00+01:00", 17.0, 16.0),
        ("LU", "2024-01-01T00:00:00+01:00", 16.0, 17.0),
        ("RO", "2025-08-01T00:00:00+03:00", 19.0, 21.0),
        ("SK", "2025-01-01T00:00:00+01:00", 20.0, 23.0),
    ],
)
def test_tax_rate_changes_at_the_destinations_midnight(
    destination: str, midnight: str, before: float, after: float
) -> None:
    start = datetime.fromisoformat(midnight)
    for at, rate in ((start - TICK, before), (start, after)):
        assert assessed(at.isoformat(), 100.0, destination_country=destination).vat == rate
