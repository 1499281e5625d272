"""A million manifests, disturbed as badly as can be, against a plain recomputation."""

from __future__ import annotations

import random
from typing import Any, Final

from scorers.profiles import ProfileConfiguration
from tests.contract.profiles import (
    SUMS_TOLERANCE,
    Disturbances,
    Partition,
    assert_same_profiles,
    connected,
    stored,
)
from tests.unit.scorers.profiles.logs import make_log

_PARTITIONS: Final = 8
_POPULATIONS: Final = {
    "consignee": 200_000,
    "shipper": 5_000,
    "seller": 8_000,
    "address": 180_000,
    "ioss": 200,
    "lane": 2_000,
}


def check(url: str, manifests: int, shards: int) -> dict[str, Any]:
    """Run two workers over all partitions, and raise AssertionError for any difference."""
    client = connected(url)
    configuration = ProfileConfiguration(b"bench secret", shards=shards)
    logs = [
        make_log(manifests // _PARTITIONS, 1, partition=number, populations=_POPULATIONS)
        for number in range(_PARTITIONS)
    ]
    partitions = [Partition(log) for log in logs]
    workers = Disturbances(client, configuration, partitions, random.Random(1), most=2_000)
    workers.run()
    expected = dict(workers.reference.living())
    assert_same_profiles(stored(client, configuration), expected)
    return {
        "manifests": manifests,
        "units_replayed": workers.replays,
        "entities": len(expected),
        "parcels_counted": sum(profile.total for profile in expected.values()),
        "tolerance_of_sums": SUMS_TOLERANCE,
    }
