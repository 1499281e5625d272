"""When regimes begin and end: local days as moments, and the moment that counts for a parcel."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from schemas.reference.records import Dated
from scorers.features.batch import Floats
from scorers.features.declared import DeclaredTable

_DAY: Final = timedelta(days=1)


def first_moment(day: date, zone: ZoneInfo) -> float:
    """Return the first moment of a local day, in seconds since 1970 UTC.

    >>> first_moment(date(2026, 7, 1), ZoneInfo("Europe/Berlin"))
    1782856800.0
    """
    return datetime.combine(day, time(), zone).timestamp()


def span(dated: Dated, zone: ZoneInfo) -> tuple[float, float]:
    """Return the first moment at which something holds, and the first at which it no longer does.

    The last day counts whole, so the end is the first moment of the day after it.
    """
    start = -math.inf if dated.valid_from is None else first_moment(dated.valid_from, zone)
    end = math.inf if dated.valid_to is None else first_moment(dated.valid_to + _DAY, zone)
    return start, end


def available_from(day: date) -> float:
    """Return from when the exchange rate of a day is used: the first moment of the next, in UTC."""
    return datetime.combine(day + _DAY, time(), UTC).timestamp()


def assessed_at(table: DeclaredTable) -> Floats:
    """Return the moment that counts for each parcel, in seconds since 1970 UTC.

    Rates are those of the day on which the declaration is accepted, which is when the goods have
    arrived (UCC art. 77 and 172). That day is not known before loading: the expected arrival
    stands for it, and the declaration where none is given or it lies before the declaration.
    """
    # fmax: where no arrival is expected, it is NaN.
    moments: Floats = np.fmax(table.numbers("submitted_at"), table.numbers("eta"))
    return moments
