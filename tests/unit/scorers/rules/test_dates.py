"""Effective dates: when a rule is in force, by the parcel's own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scorers.features.tables import ManifestTable
from scorers.instants import seconds_of
from tests.factories import make_manifest
from tests.unit.scorers.rules.builders import apply, book_from, problems_of, with_condition

FILE = with_condition("destination_country: DE")
FROM = "valid_from: 2026-01-01T00:00:00Z"


def in_force(dates: str, *instants: str, zone: str = "Europe/Berlin") -> list[bool]:
    """Return at which instants a rule with these dates holds."""
    text = f"time_zone: {zone}\n" + FILE.replace(FROM, dates)
    parcels = [make_manifest(submitted_at=datetime.fromisoformat(at)) for at in instants]
    return [bool(held) for held in apply(book_from(text), parcels).hold]


def test_instants_are_in_force_from_the_first_to_before_the_last() -> None:
    dates = "valid_from: 2026-07-01T00:00:00+02:00\n    valid_to: 2026-08-01T00:00:00Z"
    at = ["2026-06-30T21:59:59Z", "2026-06-30T22:00:00Z", "2026-07-31T23:59:59.999999Z"]
    assert in_force(dates, *at, "2026-08-01T00:00:00Z") == [False, True, True, False]


def test_days_are_those_of_the_zone_and_the_last_is_in_force() -> None:
    dates = "valid_from: 2026-07-01\n    valid_to: 2026-07-31"
    at = ["2026-06-30T21:59:59Z", "2026-06-30T22:00:00Z", "2026-07-31T21:59:59Z"]
    assert in_force(dates, *at, "2026-07-31T22:00:00Z") == [False, True, True, False]


def test_days_follow_summer_time() -> None:
    at = ["2026-10-25T21:59:59Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"]
    assert in_force("valid_from: 2026-10-26", *at) == [False, False, True]


def test_one_day_may_be_first_and_last() -> None:
    dates = "valid_from: 2026-07-01\n    valid_to: 2026-07-01"
    assert in_force(dates, "2026-07-01T12:00:00+02:00") == [True]


def test_without_an_end_a_rule_stays_in_force() -> None:
    assert in_force("valid_from: 2026-07-01", "9999-12-31T23:59:59Z") == [True]


def test_offset_of_a_manifest_makes_no_difference() -> None:
    moment = datetime(2026, 6, 30, 22, tzinfo=UTC)
    text = "time_zone: Europe/Berlin\n" + FILE.replace(FROM, "valid_from: 2026-07-01")
    east = timezone(timedelta(hours=14))
    parcels = [make_manifest(submitted_at=moment.astimezone(zone)) for zone in (UTC, east)]
    assert apply(book_from(text), parcels).hold.tolist() == [True, True]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_submitted_at_the_end_of_time_is_decided_all_the_same(at: str) -> None:
    assert in_force("valid_from: 2026-07-01", at) == [at > "2026"]


def test_times_given_decide_instead_of_the_declared_ones() -> None:
    # A platform that antedates its manifests cannot escape a new rule.
    book = book_from(FILE)
    table = ManifestTable([make_manifest(submitted_at=datetime(1999, 1, 1, tzinfo=UTC))] * 2)
    received = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)]
    assert book.apply(table).hold.tolist() == [False, False]
    assert book.apply(table, seconds_of(received)).hold.tolist() == [True, False]


INSTANT = "expected an instant with an offset, or a day where the file has a time_zone"

REFUSALS = {
    "day_without_a_zone": ("valid_from: 2026-01-01", f"valid_from: {INSTANT}, got '2026-01-01'"),
    "instant_without_an_offset": (
        "valid_from: 2026-01-01T00:00",
        f"valid_from: {INSTANT}, got '2026-01-01T00:00'",
    ),
    "day_that_does_not_exist": (
        "valid_from: 2026-02-30",
        f"valid_from: {INSTANT}, got '2026-02-30'",
    ),
    "no_date": ("valid_from: soon", f"valid_from: {INSTANT}, got 'soon'"),
    "end_before_the_start": (
        f"{FROM}\n    valid_to: 2025-12-31T00:00:00Z",
        "valid_to: expected later than valid_from (2026-01-01T00:00:00+00:00), "
        "got '2025-12-31T00:00:00Z'",
    ),
    "end_at_the_start": (
        f"{FROM}\n    valid_to: 2026-01-01T00:00:00Z",
        "valid_to: expected later than valid_from (2026-01-01T00:00:00+00:00), "
        "got '2026-01-01T00:00:00Z'",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_dates_that_are_wrong_are_refused(name: str) -> None:
    dates, expected = REFUSALS[name]
    (problem,) = problems_of(FILE.replace(FROM, dates))
    assert problem.split(": ", 1)[1] == f"rule some-rule.{expected}"


def test_last_day_of_the_calendar_is_refused_as_an_end() -> None:
    dates = "valid_from: 2026-01-01\n    valid_to: 9999-12-31"
    (problem,) = problems_of("time_zone: UTC\n" + FILE.replace(FROM, dates))
    assert INSTANT in problem


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", "Europe", "''", "[UTC]"])
def test_time_zone_that_does_not_exist_is_refused(zone: str) -> None:
    (problem,) = problems_of(f"time_zone: {zone}\nrules: []")
    assert problem.startswith(
        "rules.yaml:1: time_zone: expected an IANA time zone like Europe/Berlin, got "
    )
