"""Columns of instants in Unix seconds equal what each instant says itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.tables import ManifestTable
from scorers.instants import instant_of, seconds_of
from tests.factories import PROPERTY, START, make_manifest

zones = st.sampled_from([UTC, timezone(timedelta(hours=-14)), timezone(timedelta(hours=5.5))])
instants = st.datetimes(timezones=zones)
micros = st.integers(-(10**15), 10**15)
recent = st.builds(
    lambda n, zone: (START + timedelta(microseconds=n)).astimezone(zone), micros, zones
)
whole_seconds = recent.map(lambda time: time.replace(microsecond=0))


@PROPERTY
@given(st.lists(instants | recent, max_size=20))
def test_seconds_of_any_instants_are_their_timestamps(times: list[datetime]) -> None:
    assert seconds_of(times).tolist() == [time.timestamp() for time in times]


@PROPERTY
@given(
    st.lists(recent, min_size=1, max_size=40),
    st.lists(recent.map(lambda t: t.replace(microsecond=0))),
)
def test_seconds_of_instants_with_and_without_fractions_are_their_timestamps(
    fine: list[datetime], whole: list[datetime]
) -> None:
    times = [*fine, *whole, *fine[:1]]
    assert seconds_of(times).tolist() == [time.timestamp() for time in times]


def test_seconds_of_an_instant_whose_bytes_look_like_two_are_its_timestamp() -> None:
    # As MessagePack: d7 ff, and in the number d6 ff again.
    odd = datetime.fromtimestamp(0x6AE6D6FF, UTC) + timedelta(microseconds=5)
    times = [START, odd, START]
    assert seconds_of(times).tolist() == [time.timestamp() for time in times]


@pytest.mark.parametrize("count", [1, 15, 16, 70_000])
def test_seconds_of_columns_of_any_length_are_their_timestamps(count: int) -> None:
    times = [START + timedelta(milliseconds=500 * number) for number in range(count)]
    assert seconds_of(times).tolist() == [time.timestamp() for time in times]


def test_numbers_of_submitted_at_say_when_each_manifest_was() -> None:
    times = [START, START + timedelta(seconds=1.5)]
    table = ManifestTable([make_manifest(submitted_at=time) for time in times])
    assert table.numbers("submitted_at").tolist() == [time.timestamp() for time in times]


@PROPERTY
@given(instants | recent)
def test_instant_of_seconds_is_as_near_as_floats_and_the_calendar_allow(time: datetime) -> None:
    seconds = time.timestamp()
    found = instant_of(seconds)
    assert found.tzinfo is UTC
    if abs(seconds) < 10**9:
        assert found == time
    assert abs(found.timestamp() - seconds) <= 14 * 3_600


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("9999-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59+00:00"),
        ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+00:00"),
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+00:00"),
        ("1969-12-31T23:59:59.500000+00:00", "1969-12-31T23:59:59.500000+00:00"),
    ],
)
def test_instant_of_the_ends_of_the_calendar_stays_in_it(written: str, expected: str) -> None:
    assert instant_of(datetime.fromisoformat(written).timestamp()).isoformat() == expected
