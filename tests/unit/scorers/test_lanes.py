"""Deltas of lanes against manifests that are counted one by one."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np

from schemas.codec import decode_lane_stats, encode
from schemas.lanes import LaneStats
from schemas.manifest import Item, Manifest
from scorers.features.tables import ManifestTable
from scorers.lanes import LaneTally
from tests.factories import make_manifests

SINCE = 1_793_520_000


def main_item(manifest: Manifest) -> Item:
    """Return the item of the highest value, the first of equals."""
    return max(manifest.items, key=lambda item: item.value)


def series_of(manifest: Manifest) -> list[str]:
    """Return the series that a parcel counts in."""
    item = main_item(manifest)
    lane = f"lane:{item.hs_code[:4]}:{item.origin}:{manifest.destination_country}"
    return [
        lane[:64],
        f"platform:{manifest.platform_id}"[:64],
        f"shipper-country:{manifest.consignor.country}",
        f"office:{manifest.office_of_entry}"[:64],
    ]


def tallied(manifests: list[Manifest], seconds: list[int]) -> dict[str, LaneStats]:
    """Return what a fresh tally makes of a batch, by key, as it comes out of a broker."""
    logged = np.array(seconds, dtype=np.int64)
    made = LaneTally().of(ManifestTable(manifests), logged)
    return {key: decode_lane_stats(encode(stats)) for key, stats in made}


def test_tally_of_a_batch_counts_every_parcel_in_its_series_and_second() -> None:
    manifests = make_manifests(300, seed=3)
    seconds = [SINCE + place % 3 for place in range(300)]
    counts: Counter[tuple[str, int]] = Counter()
    cents: dict[tuple[str, int], int] = defaultdict(int)
    for manifest, second in zip(manifests, seconds, strict=True):
        for series in series_of(manifest):
            counts[series, second] += 1
            if manifest.currency == "EUR" and manifest.total_value > 0:
                cents[series, second] += round(manifest.total_value * 100)
    found: Counter[tuple[str, int]] = Counter()
    worth: dict[tuple[str, int], int] = defaultdict(int)
    for stats in tallied(manifests, seconds).values():
        for place, series in enumerate(stats.series):
            at = (series, stats.since + stats.seconds[place])
            found[at] += stats.counts[place]
            worth[at] += stats.cents[place]
    assert found == counts
    assert {at: sum_ for at, sum_ in worth.items() if sum_} == {
        at: sum_ for at, sum_ in cents.items() if sum_
    }


def test_tally_of_priced_parcels_adds_up_logarithms_of_value_per_kg() -> None:
    manifests = [one for one in make_manifests(80, seed=3) if one.currency == "EUR"]
    logs = [
        round(1000 * math.log(one.total_value / one.gross_weight_kg))
        for one in manifests
        if one.total_value > 0
    ]
    stats = tallied(manifests, [SINCE] * len(manifests)).values()
    lanes = [
        (one.logs[place], one.priced[place])
        for one in stats
        for place, name in enumerate(one.series)
        if name.startswith("lane:")
    ]
    assert sum(log for log, _ in lanes) == sum(logs)
    assert sum(priced for _, priced in lanes) == len(logs)


def test_series_in_other_batches_keep_their_key() -> None:
    manifests = make_manifests(200, seed=3)
    homes: dict[str, str] = {}
    for part in (manifests, manifests[::-1], manifests[50:60]):
        for key, stats in tallied(part, [SINCE] * len(part)).items():
            for series in stats.series:
                assert homes.setdefault(series, key) == key


def test_names_remembered_equal_names_made_anew() -> None:
    manifests = make_manifests(200, seed=3)
    logged = np.full(100, SINCE)
    tally = LaneTally()
    list(tally.of(ManifestTable(manifests[:100]), logged))
    again = dict(tally.of(ManifestTable(manifests[100:]), logged))
    assert again == dict(LaneTally().of(ManifestTable(manifests[100:]), logged))


def test_shippers_are_those_of_parcels_in_the_series() -> None:
    manifests = make_manifests(120, seed=3)
    of_series = defaultdict(set)
    for manifest in manifests:
        for series in series_of(manifest):
            of_series[series].add(manifest.consignor.id)
    for stats in tallied(manifests, [SINCE] * 120).values():
        for place, shipper in enumerate(stats.shippers):
            assert shipper in of_series[stats.series[place * stats.step]]
