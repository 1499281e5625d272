"""What the store keeps of an entity, and how it is packed."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

LAYOUT_VERSION: Final = 2
"""Changes with everything that makes stored records unreadable or incomparable."""

KINDS: Final = ("consignee", "shipper", "seller", "address", "ioss", "lane")
"""Kinds of entities, in the order of all arrays. An address is where the parcel is delivered; a
lane is an HS subheading with a country of origin."""

COUNTERPARTIES: Final = ("shipper", "consignee", "shipper", "name", "shipper", "shipper")
"""For each kind, whose distinct identities its sketch counts."""

DAY: Final = 24 * 60
"""Minutes: the unit of all times here."""

WINDOWS: Final = ("24h", "7d", "30d")
WINDOW_MINUTES: Final = np.array([1 * DAY, 7 * DAY, 30 * DAY], dtype=np.float64)
"""Time after which a parcel counts 1/e, so that a steady stream's count is that of the window."""

MOST_PERIOD_DAYS: Final = 60
"""Sums are relative to the start of a period and grow by e a day: more would leave the floats."""

SUMS: Final = 13
"""Columns: count, value and weight for each window; over the longest one the sums of log unit
value, of its square, of log value per kg and of its square."""

RECORD: Final = np.dtype(
    [
        ("sums", "<f4", (SUMS,)),
        ("total", "<u4"),
        ("times", "<u8"),
        ("place", "<u4"),
        ("sketch", "<u8"),
    ]
)
"""`times` has, from the lowest bit on, first and last minute (24 bits each) and 16 bits of the
place of the last parcel; `place` has its other 32 bits."""

TAIL: Final = np.dtype(
    [("row", "<u4"), ("near", "<u4"), ("inspected", "<u4"), ("violations", "<u4")]
)
"""Three exact counts, kept only where one is not 0, as they come in an answer."""

PARCEL: Final = np.dtype(
    [("shares", "<f4", (3,)), ("amounts", "<f4", (4,)), ("times", "<u8"), ("place", "u1")]
)
"""What a parcel adds to an entity that it is alone in: what it counts in each window, its value,
weight and logarithms; minute (24 bits) and place (40 bits, and 8 in `place`)."""

REFERENCE: Final = np.dtype([("number", "<u4"), ("bit", "u1")])
"""Which of a request's parcels an entity gets, and which bit of the sketch it sets; or which of
its records, for an entity with several parcels."""

NOBODY: Final = 64
SHARED: Final = 65
"""Instead of a bit: the counterparty is not known; it is a record of several parcels."""

NEAR: Final = np.dtype([("row", "<u4"), ("near", "<u4")])

EPOCH: Final = 1_420_070_400
"""2015-01-01T00:00:00Z in Unix seconds; 24 bits of minutes from then on last until 2046."""

TIME_BITS: Final = 24
TIME_MASK: Final = (1 << TIME_BITS) - 1
OFFSET_BITS: Final = 36
_OFFSET_MASK: Final = (1 << OFFSET_BITS) - 1
_PLACE_MASK: Final = (1 << 48) - 1
_SPLIT_BITS: Final = 16
_SPLIT_MASK: Final = (1 << _SPLIT_BITS) - 1
_MOST_BITS: Final = 40
_MOST_MASK: Final = (1 << _MOST_BITS) - 1

Integers = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]


def minutes(seconds: Integers) -> Integers:
    """Return whole minutes from `EPOCH`, as far as a record can hold them.

    >>> minutes(np.array([0, EPOCH + 150])).tolist()
    [0, 2]
    """
    found: Integers = (seconds - EPOCH) // 60
    return np.minimum(np.maximum(found, 0, out=found), TIME_MASK, out=found)


def packed_places(partition: int, offsets: Integers) -> Integers:
    """Return partition (its lowest 12 bits) and offset (its lowest 36 bits) as one number."""
    return offsets & _OFFSET_MASK | (partition << OFFSET_BITS) & _PLACE_MASK


def put_times(records: Records, first: Integers, last: Integers, places: Integers) -> None:
    """Set times and place of records."""
    low = first | last << TIME_BITS | (places & _SPLIT_MASK) << 2 * TIME_BITS
    records["times"] = low.view(np.uint64)
    records["place"] = places >> _SPLIT_BITS


def put_minutes(parcels: Records, times: Integers, places: Integers) -> None:
    """Set times and places of parcels."""
    low = times | (places & _MOST_MASK) << TIME_BITS
    parcels["times"] = low.view(np.uint64)
    parcels["place"] = places >> _MOST_BITS


def times_of(records: Records) -> tuple[Integers, Integers]:
    """Return the minutes of first and last event.

    >>> records = np.zeros(1, dtype=RECORD)
    >>> put_times(records, np.array([5]), np.array([70_000]), packed_places(3, np.array([1 << 20])))
    >>> times_of(records), place_of(places_of(records))
    ((array([5]), array([70000])), (array([3]), array([1048576])))
    """
    times = records["times"].view(np.int64)
    return times & TIME_MASK, times >> TIME_BITS & TIME_MASK


def places_of(records: Records) -> Integers:
    """Return the packed place of the last parcel."""
    low = records["times"].view(np.int64) >> 2 * TIME_BITS & _SPLIT_MASK
    return low | records["place"].astype(np.int64) << _SPLIT_BITS


def place_of(packed: Integers) -> tuple[Integers, Integers]:
    """Return partition and offset of packed places, -1 of those below 0."""
    none = packed < 0
    return packed >> OFFSET_BITS, np.where(none, packed, packed & _OFFSET_MASK)
