"""Random selection by keyed hash: the same parcel draws the same number in every replay."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.features.batch import Floats

Coordinates = tuple[str, int, int]
"""Topic, partition and offset of a record."""

_DIGEST_BYTES: Final = 64
_DRAWS_PER_DIGEST: Final = 8
_DROPPED_BITS: Final = 11  # a float holds 53 of 64 bits exactly
_INTEGERS: Final = struct.Struct("<8Q")
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
        drawn = []
        former, numbers = None, []
        for topic, partition, offset in coordinates:
            block = (topic, partition, offset // _DRAWS_PER_DIGEST)
            if block != former:
                former, numbers = block, self._draw_block(*block)
            drawn.append(numbers[offset % _DRAWS_PER_DIGEST])
        return np.array(drawn, dtype=np.float64)

    def _draw_block(self, topic: str, partition: int, block: int) -> list[float]:
        message = f"{topic}:{partition}:{block}".encode()
        digest = hashlib.blake2b(message, key=self._key, digest_size=_DIGEST_BYTES).digest()
        return [(integer >> _DROPPED_BITS) * _UNIT for integer in _INTEGERS.unpack(digest)]
