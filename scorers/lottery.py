"""Random selection by keyed hash: the same parcel draws the same number in every replay."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from operator import ne
from typing import Final

import numpy as np

from scorers.features.batch import Floats

Coordinates = tuple[str, int, int]
"""Topic, partition and offset of a record."""

_DIGEST_BYTES: Final = 64
_DRAWS_PER_DIGEST: Final = 8
_DROPPED_BITS: Final = np.uint64(11)  # a float holds 53 of 64 bits exactly
_UNIT: Final = 2.0**-53


class Lottery:
    """Numbers in [0, 1) from a keyed BLAKE2b hash (RFC 7693) of a record's coordinates.

    Who does not know the key cannot tell which parcels will be drawn. One digest serves eight
    neighbouring offsets.

    >>> Lottery(b"key").draws([("parcels.manifests", 0, 41)]).round(6).tolist()
    [0.648827]
    """

    def __init__(self, key: bytes) -> None:
        # BLAKE2b takes keys of up to 64 bytes; a longer one is hashed first, as HMAC does.
        self._key = (
            key if len(key) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(key).digest()
        )

    def draws(self, coordinates: Sequence[Coordinates]) -> Floats:
        """Return the number of each record."""
        if not coordinates:
            return np.empty(0)
        topics, partitions, offsets = zip(*coordinates, strict=True)
        blocks, places = np.divmod(np.array(offsets, dtype=np.int64), _DRAWS_PER_DIGEST)
        changes = np.ones(len(blocks), np.bool_)
        np.not_equal(blocks[1:], blocks[:-1], out=changes[1:])
        for column in (topics, partitions):
            if len(set(column)) > 1:
                changes[1:] |= np.fromiter(map(ne, column[1:], column), np.bool_, len(column) - 1)
        firsts = changes.nonzero()[0].tolist()
        digests = [self._digest(topics[at], partitions[at], int(blocks[at])) for at in firsts]
        numbers = np.frombuffer(b"".join(digests), "<u8").reshape(-1, _DRAWS_PER_DIGEST)
        drawn: Floats = (numbers[changes.cumsum() - 1, places] >> _DROPPED_BITS) * _UNIT
        return drawn

    def _digest(self, topic: str, partition: int, block: int) -> bytes:
        message = f"{topic}:{partition}:{block}".encode()
        return hashlib.blake2b(message, key=self._key, digest_size=_DIGEST_BYTES).digest()
