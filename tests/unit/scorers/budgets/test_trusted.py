"""The trusted lane: who is in it, and who is not."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from scorers.budgets.trusted import Member, PartyKey, Record, TrustedLane, TrustedParties

LANE = TrustedLane(
    least_inspected=50,
    most_violations=0.02,
    members=(
        Member(kind="platform", id="p", programme="AEO"),
        Member(kind="shipper", id="s", programme="AEO", until=datetime(2027, 1, 1, tzinfo=UTC)),
    ),
)
BEFORE = datetime(2026, 12, 31, tzinfo=UTC).timestamp()
AFTER = datetime(2027, 1, 2, tzinfo=UTC).timestamp()
CLEAN = Record(100, 2)
BAD = Record(100, 3)


def among(
    parties: TrustedParties, platforms: list[str], shippers: list[str], times: np.ndarray
) -> list[bool]:
    return parties.among({"platform": platforms, "shipper": shippers}.__getitem__, times).tolist()


def trusted(
    records: dict[PartyKey, Record], platform: str, shipper: str, time: float = BEFORE
) -> bool:
    return among(TrustedParties(LANE, records), [platform], [shipper], np.array([time])) == [True]


@pytest.mark.parametrize("party", [("p", "x"), ("x", "s")])
def test_parcel_of_a_member_with_a_clean_record_is_in_the_lane(party: tuple[str, str]) -> None:
    assert trusted({("platform", "p"): CLEAN, ("shipper", "s"): CLEAN}, *party)


@pytest.mark.parametrize("record", [None, Record(49, 0), BAD])
def test_parcel_of_a_member_without_a_clean_record_is_not(record: Record | None) -> None:
    assert not trusted({} if record is None else {("platform", "p"): record}, "p", "x")


def test_parcel_of_a_clean_party_that_is_no_member_is_not() -> None:
    assert not trusted({("platform", "x"): CLEAN}, "x", "x")


def test_parcel_of_another_kind_of_party_with_a_members_id_is_not() -> None:
    assert not trusted({("platform", "p"): CLEAN}, "x", "p")


def test_parcel_of_a_member_and_a_party_with_a_bad_record_is_not() -> None:
    records: dict[PartyKey, Record] = {("platform", "p"): CLEAN, ("shipper", "bad"): BAD}
    assert trusted(records, "p", "good")
    assert not trusted(records, "p", "bad")


def test_parcel_after_the_membership_ended_is_not() -> None:
    records: dict[PartyKey, Record] = {("shipper", "s"): CLEAN}
    assert trusted(records, "x", "s", BEFORE)
    assert not trusted(records, "x", "s", AFTER)


def test_parcels_of_a_batch_are_each_judged_by_their_own_parties() -> None:
    records: dict[PartyKey, Record] = {
        ("platform", "p"): CLEAN,
        ("shipper", "s"): CLEAN,
        ("shipper", "bad"): BAD,
        ("platform", "bad"): BAD,
    }
    platforms, shippers = ["p", "p", "x", "bad", "x", "x"], ["x", "bad", "s", "s", "x", "bad"]
    found = among(TrustedParties(LANE, records), platforms, shippers, np.full(6, BEFORE))
    assert found == [True, False, True, False, False, False]


def test_membership_ends_with_the_instant_it_is_said_to_end() -> None:
    records: dict[PartyKey, Record] = {("shipper", "s"): CLEAN}
    end = datetime(2027, 1, 1, tzinfo=UTC).timestamp()
    assert trusted(records, "x", "s", end - 1)
    assert not trusted(records, "x", "s", end)


def test_member_that_was_never_inspected_is_not_in_the_lane_whatever_is_asked() -> None:
    lane = TrustedLane(least_inspected=1, members=(Member(kind="platform", id="p", programme="A"),))
    times = np.zeros(1)
    assert among(TrustedParties(lane, {}), ["p"], ["x"], times) == [False]
    once: dict[PartyKey, Record] = {("platform", "p"): Record(1, 0)}
    assert among(TrustedParties(lane, once), ["p"], ["x"], times) == [True]


def test_parcels_of_a_plan_without_members_are_not_asked_for_their_parties() -> None:
    asked: list[str] = []

    def ids(kind: str) -> list[str]:
        asked.append(kind)
        return ["p"]

    records: dict[PartyKey, Record] = {("platform", "p"): CLEAN}
    assert not TrustedParties(TrustedLane(), records).among(ids, np.zeros(1)).any()
    assert not asked
