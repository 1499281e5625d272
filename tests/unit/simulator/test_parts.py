"""The parts: draws, catalogue, item ids, the mix."""

from __future__ import annotations

from collections import Counter

import pytest

from schemas import identifiers
from streams.simulator.catalogue import branded, catalogue, dangerous
from streams.simulator.draws import Draws, Popularity, golden
from streams.simulator.itemids import ItemIds, s10
from streams.simulator.mix import Mix
from streams.simulator.parties import ioss_number
from streams.simulator.places import DESTINATIONS, ORIGINS
from streams.simulator.sellers import make_market


def test_read_the_catalogue_gives_plausible_goods_of_many_chapters() -> None:
    goods = catalogue()
    assert len(goods) >= 60
    assert len({good.chapter for good in goods}) >= 25
    assert len({good.hs6 for good in goods}) == len(goods)
    for good in goods:
        assert identifiers.is_hs(good.hs6)
        assert len(good.wordings) >= 2
        assert 0 < good.price_eur[0] < good.price_eur[1]
        assert 0 < good.unit_kg[0] < good.unit_kg[1]
        assert all(map(identifiers.is_country, good.origins))


def test_select_goods_by_mark_gives_those_marked() -> None:
    assert len(branded()) > 10
    assert {"850760", "330300"} <= {good.hs6 for good in dangerous()}


def test_list_places_gives_real_countries_and_currencies() -> None:
    assert all(identifiers.is_country(origin.country) for origin in ORIGINS)
    assert all(identifiers.is_country(place.country) for place in DESTINATIONS)
    assert all(identifiers.is_currency(place.currency) for place in DESTINATIONS)


def test_pick_by_popularity_gives_values_in_proportion() -> None:
    choice = Popularity("abc", [6, 3, 1])
    found = Counter(choice.pick((n + 0.5) / 1_000) for n in range(1_000))
    assert found == {"a": 600, "b": 300, "c": 100}


@pytest.mark.parametrize("weights", [[1.0], [0.0, 0.0]])
def test_create_popularity_without_usable_weights_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="Expected one weight a value"):
        Popularity("ab", weights)


def test_draw_golden_points_fills_the_interval_evenly() -> None:
    counts = Counter(int(golden(rank) * 4) for rank in range(40))
    assert all(8 <= count <= 12 for count in counts.values())


def test_form_s10_ids_gives_right_check_digits() -> None:
    draws = Draws(1)
    assert all(identifiers.is_s10(s10(draws.below(100_000_000), "CN")) for _ in range(500))
    assert not any(identifiers.is_s10(s10(n, "CN", digit_off=4)) for n in range(500))


def test_reserve_serials_gives_each_operator_its_own_sequence() -> None:
    ids = ItemIds(Draws(1))
    first, other = ids.reserve("CNPOST", 3), ids.reserve("HKPOST")
    assert ids.reserve("CNPOST") == first + 3
    assert ids.reserve("HKPOST") == other + 1


def test_form_ioss_numbers_gives_well_formed_ones() -> None:
    assert all(identifiers.is_ioss(ioss_number(Draws(n))) for n in range(50))
    assert not identifiers.is_ioss(ioss_number(Draws(1), "IN"))


def test_make_a_market_lets_sellers_specialise() -> None:
    for seller in make_market(1, 100).sellers:
        assert 1 <= len(seller.listings) <= 5
        assert len({listing.good.hs6 for listing in seller.listings}) == len(seller.listings)


def test_create_a_mix_with_a_share_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected violation_share in \[0, 1\], got 2"):
        Mix(violation_share=2)


def test_create_a_mix_with_more_than_all_violations_is_refused() -> None:
    with pytest.raises(ValueError, match="of at most 1"):
        Mix(ordinary_share=0.6, opportunist_share=0.6)


@pytest.mark.parametrize("weights", [{}, {"splitting": 0.0}, {"splitting": -1.0}])
def test_create_a_mix_without_weight_is_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        Mix(weights=weights)
