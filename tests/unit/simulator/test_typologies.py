"""Each violation leaves the signs that the risk analysts look for."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from itertools import islice, pairwise

from schemas.manifest import Manifest
from streams.simulator.actors import CHEAP_HEADINGS, FALSE_ORIGINS, ODD_HEADINGS
from streams.simulator.catalogue import branded
from streams.simulator.mix import WEIGHTS, Mix
from streams.simulator.places import BY_COUNTRY
from streams.simulator.platforms import PlatformSimulator
from streams.simulator.sealing import SimulatedParcel
from streams.simulator.typologies import TYPOLOGIES
from streams.simulator.wording import MASKS, VAGUE

START = datetime(2026, 11, 1, tzinfo=UTC)


@cache
def violating(typology: str) -> list[SimulatedParcel]:
    """Return parcels of one typology whose signs nothing hides."""
    mix = Mix(0.5, ordinary_share=0.0, noise_share=0.0, weights={typology: 1.0})
    parcels = islice(PlatformSimulator(11, START, mix=mix, sellers=400), 1_000)
    return [parcel for parcel in parcels if parcel.violations]


def manifests(typology: str) -> list[Manifest]:
    return [parcel.manifest for parcel in violating(typology)]


def value_eur(manifest: Manifest) -> float:
    return manifest.total_value / BY_COUNTRY[manifest.destination_country].per_eur


def test_list_typologies_by_default_gives_those_of_the_mix() -> None:
    assert set(TYPOLOGIES) == set(WEIGHTS)


def test_label_every_typology_gives_its_own_code() -> None:
    for typology in WEIGHTS:
        parcels = violating(typology)
        assert len(parcels) > 400, typology
        assert {p.violations for p in parcels} == {(typology,)}


def test_undervalue_a_sale_declares_much_less_than_was_paid() -> None:
    for parcel in violating("undervaluation"):
        assert parcel.order is not None
        assert parcel.manifest.total_value < 0.5 * parcel.order.price_paid


def test_split_a_purchase_gives_consecutive_ids_at_one_address_above_the_limit() -> None:
    groups: defaultdict[tuple[str, ...], list[Manifest]] = defaultdict(list)
    for manifest in manifests("splitting"):
        at = manifest.consignee
        groups[at.street, at.postcode, manifest.consignor.id, manifest.operator_id].append(manifest)
        assert value_eur(manifest) < 150
    # The last consignment may be cut off by the end of the sample.
    whole = [group for group in groups.values() if len(group) >= 3]
    assert sum(map(len, whole)) > 0.9 * len(manifests("splitting"))
    above = sum(sum(map(value_eur, group)) > 150 for group in whole)
    assert above > 0.95 * len(whole)
    assert all(follows(*pair) for group in whole if len(group) <= 6 for pair in pairwise(group[:3]))


def follows(first: Manifest, second: Manifest) -> bool:
    cut = slice(2, 10) if first.id_scheme == "s10" else slice(2, 12)
    return int(second.item_id[cut]) - int(first.item_id[cut]) == 1


def test_misclassify_goods_gives_a_cheap_heading_and_often_a_stop_word() -> None:
    items = [item for manifest in manifests("misclassification") for item in manifest.items]
    assert {item.hs_code for item in items} <= set(CHEAP_HEADINGS)
    assert 0.5 < sum(item.description in VAGUE for item in items) / len(items) < 0.8


def test_declare_a_false_origin_gives_one_that_the_shipper_does_not_post_from() -> None:
    for manifest in manifests("false-origin"):
        assert all(item.origin in FALSE_ORIGINS for item in manifest.items)
    away = [m for m in manifests("false-origin") if m.items[0].origin != m.origin_post_country]
    assert len(away) > 0.95 * len(manifests("false-origin"))


def test_counterfeit_a_brand_gives_branded_headings_from_new_accounts() -> None:
    headings = {good.hs6 for good in branded()}
    for manifest in manifests("counterfeit"):
        assert all(item.hs_code[:6] in headings for item in manifest.items)
        assert manifest.seller_id.count("-") == 2


def test_send_prohibited_goods_hides_them_under_other_words_and_headings() -> None:
    for manifest in manifests("prohibited"):
        (item,) = manifest.items
        assert item.description in MASKS + VAGUE
        assert item.hs_code in ODD_HEADINGS
        assert value_eur(manifest) <= 30.5


def test_hide_dangerous_goods_leaves_out_the_un_number() -> None:
    for manifest in manifests("dangerous-goods"):
        assert not any(item.dangerous_goods for item in manifest.items)


def test_misuse_ioss_shares_a_number_among_unrelated_shippers() -> None:
    shippers: defaultdict[str, set[str]] = defaultdict(set)
    for manifest in manifests("ioss-misuse"):
        assert BY_COUNTRY[manifest.destination_country].eu
        shippers[manifest.ioss].add(manifest.consignor.id)
    assert len(shippers) <= 4
    assert max(map(len, shippers.values())) > 20
    assert all(number[:2] in ("IM", "IN") for number in shippers)


def test_misuse_gifts_sends_them_from_a_firm_below_the_limit() -> None:
    for manifest in manifests("gift-misuse"):
        assert manifest.transaction_nature == "gift"
        assert manifest.consignor.kind == "business"
        assert value_eur(manifest) <= 45.1
        assert manifest.order_id == ""


def test_use_a_drop_address_gives_it_many_names_and_another_receiver() -> None:
    names: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    found = manifests("drop-address")
    for manifest in found:
        names[manifest.consignee.street, manifest.consignee.postcode].add(manifest.consignee.id)
    assert max(map(len, names.values())) > 10
    assert 0.5 < sum(m.deliver_to is not None for m in found) / len(found) < 0.8


def test_violate_without_signs_looks_like_an_honest_parcel() -> None:
    mix = Mix(1.0, ordinary_share=1.0, opportunist_share=0.0, weights={"undervaluation": 1.0})
    parcels = list(islice(PlatformSimulator(5, START, mix=mix, sellers=200), 500))
    paid = [p for p in parcels if p.order and p.manifest.total_value < 0.5 * p.order.price_paid]
    assert all(parcel.violations == ("undervaluation",) for parcel in parcels)
    assert len(paid) < 0.05 * len(parcels)
