"""Sellers whose declared values fall from one moment on, one after the other."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import groupby, islice

import pytest

from streams.simulator.campaigns import Campaigns
from streams.simulator.mix import COLLAPSE, Mix
from streams.simulator.platforms import PlatformSimulator
from streams.simulator.sealing import SimulatedParcel

START = datetime(2026, 11, 1, tzinfo=UTC)


def declared_of_paid(parcel: SimulatedParcel) -> float:
    assert parcel.order is not None
    return parcel.manifest.total_value / parcel.order.price_paid


def test_pick_lets_each_have_its_parcels_before_the_next() -> None:
    campaigns = Campaigns("abcd", at_once=2, parcels=3)
    picked = "".join(campaigns.pick(place / 2) for _ in range(6) for place in (0, 1))
    assert picked == "ab" * 3 + "cd" * 3


def test_pick_after_the_last_begins_anew() -> None:
    campaigns = Campaigns("ab", at_once=1, parcels=1)
    assert [campaigns.pick(0.9) for _ in range(3)] == ["a", "b", "a"]


def test_create_campaigns_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        Campaigns([])


@pytest.fixture(scope="module")
def fallen() -> dict[str, list[SimulatedParcel]]:
    """Parcels of every seller whose values fall, in order of time."""
    mix = Mix(0.2, ordinary_share=0.0, noise_share=0.0, weights={COLLAPSE: 1.0})
    parcels: defaultdict[str, list[SimulatedParcel]] = defaultdict(list)
    for parcel in islice(PlatformSimulator(11, START, mix=mix, sellers=100), 3_000):
        parcels[parcel.manifest.seller_id].append(parcel)
    return {seller: own for seller, own in parcels.items() if any(one.violations for one in own)}


def test_let_values_fall_declares_a_fraction_of_what_was_paid(
    fallen: dict[str, list[SimulatedParcel]],
) -> None:
    violating = [one for own in fallen.values() for one in own if one.violations]
    assert len(violating) > 400
    assert all(declared_of_paid(one) < 0.45 for one in violating)


def test_let_values_fall_leaves_sellers_an_honest_past(
    fallen: dict[str, list[SimulatedParcel]],
) -> None:
    began_honest = [not own[0].violations for own in fallen.values()]
    assert sum(began_honest) > 0.7 * len(fallen)


def test_let_values_fall_concentrates_on_few_sellers_at_a_time(
    fallen: dict[str, list[SimulatedParcel]],
) -> None:
    assert 8 < len(fallen) < 25
    for own in list(fallen.values())[:6]:
        longest = max(
            len(list(run)) for bad, run in groupby(own, lambda one: bool(one.violations)) if bad
        )
        assert longest > 5


def test_iterate_with_a_single_seller_lets_values_fall_all_the_same() -> None:
    mix = Mix(0.5, ordinary_share=0.0, weights={COLLAPSE: 1.0})
    parcels = islice(PlatformSimulator(1, START, mix=mix, sellers=1), 50)
    assert any(parcel.violations == (COLLAPSE,) for parcel in parcels)
