"""Columns of instants as Unix seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from scorers.features.batch import Floats, Integers

_encode = msgspec.msgpack.Encoder().encode

_SHORT: Final = 0xD6
_LONG: Final = 0xD7
_TIMESTAMP: Final = 0xFF
_HEADERS: Final = (1, 3, 5)
"""Bytes before the first element of a msgpack array, by its length."""

_SHORT_BYTES: Final = 6
_LONG_BYTES: Final = 10
_WORD: Final = 8
_SECOND_BITS: Final = np.uint64(34)
_SECONDS: Final = np.uint64((1 << 34) - 1)
_HALF: Final = np.uint64(32)
_MICROS: Final = np.uint64(1_000_000)
_NANOS: Final = np.uint64(1_000)
_NONE: Final = np.uint64(0)
_EXACT: Final = 1 << 53
"""Microseconds from which floats do not hold each: in the year 2255."""

_FIRST: Final = datetime.min.replace(tzinfo=UTC).timestamp()
_LAST: Final = datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp()


def instant_of(seconds: float) -> datetime:
    """Return an instant of Unix seconds; UTC's first or last second for what is beyond it.

    A local time of the first or the last year may be, and a float rounds up to the next one.

    >>> instant_of(253_402_300_800.0)
    datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)
    """
    return datetime.fromtimestamp(min(max(seconds, _FIRST), _LAST), UTC)


def seconds_of(times: Sequence[datetime]) -> Floats:
    """Return instants as Unix seconds, each equal to its `timestamp()`.

    That call takes 130 ns. MessagePack encodes an instant as a number and takes 13 ns, so a column
    is encoded as a whole and the numbers are read from the bytes.
    Source: MessagePack specification, timestamp extension type.

    >>> from datetime import UTC
    >>> seconds_of([datetime(2026, 7, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 0, 5, tzinfo=UTC)])
    array([1.782864e+09, 5.000000e-06])
    """
    micros = _micros(times)
    if micros is None or micros.max() >= _EXACT:
        return np.fromiter(map(datetime.timestamp, times), np.float64, len(times))
    return micros.astype(np.float64) / 1e6


def _micros(times: Sequence[datetime]) -> npt.NDArray[np.uint64] | None:
    """Return instants in microseconds; None if one is not near the present.

    Short timestamps are 32 bits of seconds; long ones 30 of nanoseconds, then 34 of seconds.
    """
    try:
        encoded = _encode(times)
    except OverflowError:  # In UTC it is beyond the first or the last year.
        return None
    starts = _starts(np.frombuffer(encoded, np.uint8), len(times))
    if starts is None:
        return None
    padded = encoded + bytes(_WORD)
    words = np.ndarray(len(encoded), np.dtype(">u8"), padded, strides=(1,))
    numbers = words[starts + 2].astype(np.uint64)
    short = np.frombuffer(encoded, np.uint8)[starts] == _SHORT
    seconds = np.where(short, numbers >> _HALF, numbers & _SECONDS)
    nanos = np.where(short, _NONE, numbers >> _SECOND_BITS)
    return np.add(seconds * _MICROS, nanos // _NANOS, dtype=np.uint64)


def _starts(codes: npt.NDArray[np.uint8], count: int) -> Integers | None:
    """Return where each of `count` short or long timestamps starts; None if that is not clear.

    It is clear if as many bytes look like the start of one, and each starts where the former ends.
    """
    likely = (codes[:-1] | 1) == _LONG
    likely &= codes[1:] == _TIMESTAMP
    starts = np.flatnonzero(likely)
    if not count or len(starts) != count or starts[0] not in _HEADERS:
        return None
    sizes = np.where(codes[starts] == _LONG, _LONG_BYTES, _SHORT_BYTES)
    ends = starts + sizes
    whole = ends[-1] == len(codes) and np.array_equal(ends[:-1], starts[1:])
    return starts if whole else None
