"""What a worker's batch adds to the statistics of lanes, platforms, countries and offices."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from schemas.types import OptionalIdentifier, SchemaVersion

SCHEMA_VERSION = 1

LANE_GROUPS: Final = 4
"""Series are spread over as many keys, so that each stays in one partition, however many."""

PER_NAT: Final = 1_000
"""Logarithms are counted in thousandths: whole numbers add up to the same in any order."""

Series = Annotated[
    str,
    Meta(
        max_length=64,
        description="`lane:HS4:ORIGIN:DESTINATION`, `platform:ID`, `shipper-country:CODE` or "
        "`office:CODE`.",
    ),
]


class LaneStats(Struct, frozen=True, gc=False, omit_defaults=True):
    """Sums over the parcels of one batch, in columns: entry i is of series i, logged `seconds[i]`
    after `since`.

    `counts` are parcels, `cents` their declared value in euro cents, `grams` their gross weight.
    `logs` and `squares` are the sums of ln(euro per kg) and of its square, in thousandths, over the
    `priced` parcels whose value is known and above zero. `shippers` names the shipper of one parcel
    of every `step`-th entry: over many batches, those who send most come up most.
    """

    schema_version: SchemaVersion
    series: tuple[Series, ...]
    since: Annotated[int, Meta(description="Unix seconds.")]
    seconds: tuple[int, ...]
    counts: tuple[int, ...]
    priced: tuple[int, ...]
    cents: tuple[int, ...]
    grams: tuple[int, ...]
    logs: tuple[int, ...]
    squares: tuple[int, ...]
    step: Annotated[int, Meta(ge=1)]
    shippers: tuple[OptionalIdentifier, ...]


EXAMPLE = b"""{
 "schema_version": 1, "series": ["lane:6109:CN:DE"], "since": 1793520000,
 "seconds": [0], "counts": [3],
 "priced": [3], "cents": [5470], "grams": [1260], "logs": [11310], "squares": [42900],
 "step": 1, "shippers": ["shipper-7"]
}"""
