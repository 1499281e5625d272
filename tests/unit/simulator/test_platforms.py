"""The stream of parcels as a whole: repeatable, readable, with the shares promised."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

import pytest

from schemas import identifiers
from schemas.codec import decode_manifest, decode_order, encode
from streams.simulator.mix import WEIGHTS, Mix
from streams.simulator.platforms import PlatformSimulator
from streams.simulator.sealing import SimulatedParcel

START = datetime(2026, 11, 1, tzinfo=UTC)

DIGEST = """
import hashlib, sys
from datetime import datetime, UTC
from itertools import islice
from schemas.codec import encode
from streams.simulator.platforms import PlatformSimulator
simulator = PlatformSimulator(3, datetime(2026, 11, 1, tzinfo=UTC), sellers=200)
digest = hashlib.sha256()
for parcel in islice(simulator, 500):
    digest.update(encode(parcel.manifest) + repr(parcel.violations).encode())
print(digest.hexdigest())
"""


def simulator(seed: int = 3, **settings: object) -> PlatformSimulator:
    return PlatformSimulator(seed, START, sellers=200, **settings)  # type: ignore[arg-type]


def share(parcels: list[SimulatedParcel]) -> float:
    return sum(bool(parcel.violations) for parcel in parcels) / len(parcels)


def test_iterate_in_another_process_gives_the_same_bytes() -> None:
    digest = hashlib.sha256()
    for parcel in islice(simulator(), 500):
        digest.update(encode(parcel.manifest) + repr(parcel.violations).encode())
    environment = {**os.environ, "PYTHONHASHSEED": "99"}
    other = subprocess.run(
        [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == digest.hexdigest()


def test_iterate_with_another_seed_gives_other_parcels() -> None:
    one, other = (next(simulator(seed)).manifest for seed in (1, 2))
    assert one.manifest_id != other.manifest_id
    assert (one.consignor, one.total_value) != (other.consignor, other.total_value)


def test_decode_every_record_of_the_simulator_gives_it_back(parcels: list[SimulatedParcel]) -> None:
    for parcel in parcels[:3_000]:
        assert decode_manifest(encode(parcel.manifest)) == parcel.manifest
        if parcel.order is not None:
            assert decode_order(encode(parcel.order)) == parcel.order


def test_iterate_by_default_gives_nine_per_cent_of_violations(
    parcels: list[SimulatedParcel],
) -> None:
    assert 0.075 < share(parcels) < 0.105


def test_iterate_by_default_gives_every_typology_its_share(parcels: list[SimulatedParcel]) -> None:
    found = Counter(code for parcel in parcels for code in parcel.violations)
    assert set(found) == set(WEIGHTS)
    for typology, weight in WEIGHTS.items():
        assert 0.5 < found[typology] / (weight * sum(found.values())) < 1.6, typology


def test_iterate_by_default_gives_few_violations_by_express(parcels: list[SimulatedParcel]) -> None:
    express = [p for p in parcels if p.manifest.channel == "express"]
    other = [p for p in parcels if p.manifest.channel == "other"]
    assert share(express) < 0.04 < 0.09 < share(other)


def test_iterate_by_default_concentrates_violations_in_few_sellers(
    parcels: list[SimulatedParcel],
) -> None:
    total, bad = Counter[str](), Counter[str]()
    for parcel in parcels:
        total[parcel.manifest.seller_id] += 1
        bad[parcel.manifest.seller_id] += bool(parcel.violations)
    notorious = [s for s in total if total[s] >= 8 and bad[s] / total[s] >= 0.3]
    assert len(notorious) < 0.1 * len(total)
    assert sum(bad[s] for s in notorious) > 0.3 * sum(bad.values())
    assert any(bad[s] < total[s] for s in notorious)


@pytest.mark.parametrize("wanted", [0.0, 0.3, 1.0])
def test_iterate_with_a_mix_gives_its_share_of_violations(wanted: float) -> None:
    parcels = list(islice(simulator(mix=Mix(violation_share=wanted)), 2_000))
    assert share(parcels) == pytest.approx(wanted, abs=0.05)


def test_iterate_gives_every_sale_an_order_of_its_own(parcels: list[SimulatedParcel]) -> None:
    for parcel in parcels:
        manifest, order = parcel.manifest, parcel.order
        if order is None:
            assert manifest.order_id == ""
            assert manifest.transaction_nature != "sale"
        else:
            assert (order.order_id, order.platform_id) == (manifest.order_id, manifest.platform_id)
            assert order.currency == manifest.currency
            assert order.ordered_at < manifest.posted_at < manifest.submitted_at


def test_iterate_never_repeats_an_id(parcels: list[SimulatedParcel]) -> None:
    assert len({p.manifest.manifest_id for p in parcels}) == len(parcels)
    assert len({(p.manifest.operator_id, p.manifest.item_id) for p in parcels}) == len(parcels)


def test_iterate_gives_parcels_that_cross_a_border(parcels: list[SimulatedParcel]) -> None:
    assert all(p.manifest.origin_post_country != p.manifest.destination_country for p in parcels)


def test_iterate_advances_the_simulated_time_with_the_rate() -> None:
    times = [p.manifest.submitted_at for p in islice(simulator(rate=50.0), 2_000)]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] - START == pytest.approx(timedelta(seconds=40), abs=timedelta(seconds=5))


def test_iterate_from_a_start_in_another_zone_gives_times_in_utc() -> None:
    start = START.astimezone(timezone(timedelta(hours=8)))
    manifest = next(PlatformSimulator(3, start, sellers=200)).manifest
    assert manifest == next(simulator()).manifest
    assert manifest.submitted_at.utcoffset() == timedelta(0)


def test_iterate_spoils_some_records_as_the_mix_says() -> None:
    faulty = list(islice(simulator(mix=Mix(noise_share=1.0)), 1_000))
    clean = list(islice(simulator(mix=Mix(noise_share=0.0)), 1_000))
    assert invalid_ids(clean) == 0
    assert 50 < invalid_ids(faulty) < 250
    assert any(len(item.hs_code) == 4 for p in faulty for item in p.manifest.items)


def invalid_ids(parcels: list[SimulatedParcel]) -> int:
    post = [p.manifest for p in parcels if p.manifest.id_scheme == "s10"]
    return sum(not identifiers.is_s10(manifest.item_id) for manifest in post)


def test_iterate_gives_honest_parcels_the_signs_of_bad_ones(parcels: list[SimulatedParcel]) -> None:
    honest = [p for p in parcels if not p.violations]
    assert any(p.manifest.deliver_to is not None for p in honest)
    assert any(p.manifest.ioss.startswith("IN") for p in honest)
    assert any(" " not in p.manifest.items[0].description for p in honest)
    assert any(p.order and p.manifest.total_value < 0.5 * p.order.price_paid for p in honest)
    assert any(
        item.hs_code.startswith("8507") and not item.dangerous_goods
        for p in honest
        for item in p.manifest.items
    )


def bad_sellers(parcels: list[SimulatedParcel]) -> set[str]:
    found = Counter(p.manifest.seller_id for p in parcels if p.violations)
    return {seller for seller, count in found.most_common(15) if seller}


def test_shift_moves_violations_to_other_sellers_and_keeps_their_share() -> None:
    mix = Mix(ordinary_share=0.0, opportunist_share=0.0, weights={"undervaluation": 1.0})
    source = PlatformSimulator(3, START, mix=mix)
    before = list(islice(source, 4_000))
    source.shift(1)
    after = list(islice(source, 4_000))
    assert len(bad_sellers(before) & bad_sellers(after)) <= 3
    assert share(after) == pytest.approx(share(before), abs=0.02)


def test_create_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected a start with a time zone"):
        PlatformSimulator(1, datetime(2026, 11, 1))  # noqa: DTZ001


@pytest.mark.parametrize(("name", "value"), [("rate", 0.0), ("sellers", 0)])
def test_create_with_a_setting_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"Expected .*{name[:6]}"):
        PlatformSimulator(1, START, **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("sellers", [1, 7, 30])
def test_iterate_over_a_tiny_market_still_gives_every_typology(sellers: int) -> None:
    source = PlatformSimulator(1, START, mix=Mix(violation_share=0.9), sellers=sellers)
    found = {code for parcel in islice(source, 1_000) for code in parcel.violations}
    assert found == set(WEIGHTS)
