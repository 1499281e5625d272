"""Records as the bytes of their pieces, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types
from numba.core.cgutils import raw_memcpy
from numba.extending import intrinsic

from scorers.compiled import compiled
from scorers.features.texts import Bytes, Places, Texts

Flags = npt.NDArray[np.bool_]


class Piece(NamedTuple):
    """A text in each record between a lead and a tail; without text it is nothing, unless `always`.

    Texts of one piece may stand in any bytes; `texts` None is no text in any record.
    """

    lead: bytes
    texts: Texts | None = None
    tail: bytes = b""
    always: bool = True


def joined(pieces: Sequence[Piece], count: int) -> list[bytes]:
    """Return `count` records, each the pieces in their order.

    >>> from scorers.features.texts import texts_of
    >>> joined([Piece(b"<", texts_of(["mug", ""]), b">", always=False), Piece(b".")], 2)
    [b'<mug>.', b'.']
    """
    fixed = [part for piece in pieces for part in (piece.lead, piece.tail)]
    arena, bases = _arena([piece.texts for piece in pieces], b"".join(fixed))
    sizes = np.zeros((len(pieces), count), np.int64)
    starts = np.zeros((len(pieces), count), np.int64)
    for row, (piece, base) in enumerate(zip(pieces, bases, strict=True)):
        if piece.texts is not None:
            starts[row], sizes[row] = piece.texts.starts + base, piece.texts.sizes
    lengths = np.array([len(part) for part in fixed], np.int64)
    around = np.cumsum(lengths) - lengths, lengths
    always = np.array([piece.always for piece in pieces], np.bool_)
    ends = _ends(sizes, lengths, always)
    out = np.empty((int(ends[-1]) if count else 0), np.uint8)
    _join(arena, around, always, starts, sizes, out)
    return _cut(out, ends)


def each(texts: Texts) -> list[bytes]:
    """Return the bytes of each text.

    >>> from scorers.features.texts import texts_of
    >>> each(texts_of(["mug", "tee"]))
    [b'mug', b'tee']
    """
    own = compact(texts)
    return _cut(own.data, own.starts + own.sizes)


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
    ends = np.cumsum(texts.sizes)
    data = np.zeros((int(ends[-1]) if len(ends) else 0), np.uint8)
    starts = ends - texts.sizes
    _gather(texts.data, texts.starts, texts.sizes, data)
    return Texts(data, starts, texts.sizes)


def _arena(columns: Sequence[Texts | None], fixed: bytes) -> tuple[Bytes, list[int]]:
    """Return all bytes in one array, and where those of each column begin."""
    parts = [np.frombuffer(fixed, np.uint8)]
    bases, size = [], len(fixed)
    for texts in columns:
        bases.append(size)
        if texts is not None:
            parts.append(texts.data)
            size += len(texts.data)
    return np.concatenate(parts), bases


def _ends(sizes: Places, lengths: Places, always: Flags) -> Places:
    """Return where each record ends."""
    around = lengths[0::2] + lengths[1::2]
    written = (sizes > 0) | always[:, None]
    return np.cumsum(sizes.sum(axis=0) + around @ written)


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
def _put(data: Bytes, start: int, size: int, out: Bytes, at: int) -> int:
    _copy(data, start, size, out, at)  # type: ignore[call-arg]
    return at + size


@compiled
def _join(
    arena: Bytes,
    around: tuple[Places, Places],
    always: Flags,
    starts: Places,
    sizes: Places,
    out: Bytes,
) -> None:
    """Write each record's pieces."""
    begins, lengths = around
    at = 0
    for row in range(sizes.shape[1]):
        for piece in range(len(always)):
            size = sizes[piece, row]
            if size > 0 or always[piece]:
                at = _put(arena, begins[2 * piece], lengths[2 * piece], out, at)
                at = _put(arena, starts[piece, row], size, out, at)
                at = _put(arena, begins[2 * piece + 1], lengths[2 * piece + 1], out, at)


@compiled
def _gather(data: Bytes, starts: Places, sizes: Places, out: Bytes) -> None:
    at = 0
    for row in range(len(starts)):
        at = _put(data, starts[row], sizes[row], out, at)
