"""Where parcels for drop addresses are delivered."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import islice

from streams.simulator.mix import Mix
from streams.simulator.platforms import PlatformSimulator

START = datetime(2026, 11, 1, tzinfo=UTC)


def test_hand_over_parcels_of_a_drop_address_delivers_them_there() -> None:
    mix = Mix(0.5, ordinary_share=0.0, noise_share=0.0, weights={"drop-address": 1.0})
    parcels = islice(PlatformSimulator(11, START, mix=mix, sellers=200), 600)
    places: Counter[tuple[str, str]] = Counter()
    for parcel in parcels:
        manifest = parcel.manifest
        if parcel.violations and manifest.deliver_to is not None:
            at = manifest.deliver_to
            assert (at.street, at.postcode) == (
                manifest.consignee.street,
                manifest.consignee.postcode,
            )
            assert at.id != manifest.consignee.id
            places[at.street, at.postcode] += 1
    assert places.most_common(1)[0][1] > 5
