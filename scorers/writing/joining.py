"""Records as the bytes of their pieces, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import types
from numba.core.cgutils import raw_memcpy
from numba.extending import intrinsic

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.texts import Bytes, Places, Texts

Flags = npt.NDArray[np.bool_]

_COMMA: Final = ord(",")


def joined(texts: Sequence[Texts], first: int, always: Flags, numbers: Integers) -> list[bytes]:
    """Return records of pieces, each a text between a lead and a tail.

    `numbers` has a line for each piece: which of all texts it has in each record. The leads are
    texts from number `first` on, the tails follow them. A piece without text is nothing, unless it
    is `always` written. The texts' starts are those in the bytes of all of them.
    """
    data = np.concatenate([some.data for some in texts])
    starts = np.concatenate([some.starts for some in texts])
    sizes = np.concatenate([some.sizes for some in texts])
    most = sizes[numbers].sum() + sizes[first:].sum() * numbers.shape[1]
    out = np.empty(most, np.uint8)
    ends = _join(data, starts, sizes, first, always, numbers, out)
    return _cut(out[: ends[-1]], ends)


def each(texts: Texts) -> list[bytes]:
    """Return the bytes of each text.

    >>> from scorers.features.texts import texts_of
    >>> each(texts_of(["mug", "tee"]))
    [b'mug', b'tee']
    """
    return _cut(*_gather(*texts))


def _cut(data: Bytes, ends: Places) -> list[bytes]:
    """Return bytes cut into those up to each end."""
    whole, stops = data.tobytes(), ends.tolist()
    return [whole[start:end] for start, end in zip([0, *stops], stops, strict=False)]


def compact(texts: Texts) -> Texts:
    """Return the same texts one after the other, in bytes of their own.

    >>> from scorers.features.texts import texts_of
    >>> compact(texts_of(["mug", "tee"])).starts
    array([0, 3])
    """
    data, ends = _gather(*texts)
    return Texts(data, ends - texts.sizes, texts.sizes)


def texts_in(texts: Sequence[bytes]) -> Texts:
    """Return a few texts as a column.

    >>> texts_in([b"mug", b"tee"]).starts
    array([0, 3])
    """
    sizes = np.array([*map(len, texts)], np.int64)
    return Texts(bytes_of(b"".join(texts)), sizes.cumsum() - sizes, sizes)


def listed(array: bytes) -> Texts:
    """Return the numbers in an array of JSON.

    >>> listed(b"[0.5,12]").sizes
    array([3, 2])
    """
    data = bytes_of(array)
    edges = np.concatenate([[0], (data == _COMMA).nonzero()[0], [len(data) - 1]])
    starts = edges[:-1] + 1
    filled = 0 if array == b"[]" else len(starts)
    return Texts(data, starts[:filled], (edges[1:] - starts)[:filled])


def bytes_of(data: bytes) -> Bytes:
    """Return bytes as an array."""
    return np.frombuffer(data, np.uint8)


def _generate_copy(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    data, start, size, out, at = arguments
    source = context.make_array(signature.args[0])(context, builder, data)
    target = context.make_array(signature.args[3])(context, builder, out)
    places = builder.gep(target.data, [at]), builder.gep(source.data, [start])
    raw_memcpy(builder, *places, size, 1)  # type: ignore[no-untyped-call]
    return context.get_dummy_value()


@intrinsic
def _copy(_typing: Any, data: Any, _start: Any, _size: Any, out: Any, _at: Any) -> Any:
    """Copy bytes of `data` from `start`, `size` of them, to those of `out` from `at`.

    By the C library, which takes a sixth of the time that a loop takes.
    """
    return types.void(data, types.int64, types.int64, out, types.int64), _generate_copy


@compiled
def _join(
    data: Bytes,
    starts: Places,
    sizes: Places,
    first: int,
    always: Flags,
    numbers: Integers,
    out: Bytes,
) -> Places:
    """Write each record's pieces; return where each record ends."""
    pieces, records = numbers.shape
    ends = np.empty(records, np.int64)
    at = 0
    # Written out: a function for each text takes three times as long.
    for record in range(records):
        for piece in range(pieces):
            number = numbers[piece, record]
            if sizes[number] > 0 or always[piece]:
                for text in (first + piece, number, first + pieces + piece):
                    if sizes[text] > 0:
                        _copy(data, starts[text], sizes[text], out, at)  # type: ignore[call-arg]
                        at += sizes[text]
        ends[record] = at
    return ends


@compiled
def _gather(data: Bytes, starts: Places, sizes: Places) -> tuple[Bytes, Places]:
    """Write texts one after the other; return them, and where each ends."""
    ends = sizes.cumsum()
    out = np.empty(sizes.sum(), np.uint8)
    for text in range(len(ends)):
        size = sizes[text]
        _copy(data, starts[text], size, out, ends[text] - size)  # type: ignore[call-arg]
    return out, ends
