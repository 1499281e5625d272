"""What a shard answers to a visit (`functions.lua`: visit)."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scorers.compiled import compiled
from scorers.profiles.layout import RECORD, TAIL, Records

_HEAD: Final = struct.Struct("<dd")
_COUNT: Final = struct.Struct("<I")
_WORD: Final = np.dtype("<u4")
"""All but the orders is made of such."""

Words = npt.NDArray[np.uint32]


class ShardAnswer(NamedTuple):
    """Of a shard's entities the records, the counts of some, and then the orders asked for."""

    generation: int
    records: Records
    tails: Records
    orders: bytes


def taken_apart(answer: bytes, entities: int) -> ShardAnswer:
    """Take the answer of a shard with so many entities apart."""
    _, generation = _HEAD.unpack_from(answer)
    if generation >= 0:
        return _former(answer, entities, int(generation))
    count, at = _counted(answer, _HEAD.size)
    words = np.frombuffer(answer, _WORD, len(answer) // _WORD.itemsize)
    records = np.empty((entities, RECORD.itemsize // _WORD.itemsize), _WORD)
    tails = np.empty((count, TAIL.itemsize // _WORD.itemsize), _WORD)
    end = _split(words, at // _WORD.itemsize, records, tails) * _WORD.itemsize
    views = records.view(RECORD).reshape(-1), tails.view(TAIL).reshape(-1)
    return ShardAnswer(int(-1 - generation), *views, answer[end:])


def _former(answer: bytes, entities: int, generation: int) -> ShardAnswer:
    """Take an answer apart that the function of an earlier version kept, before an upgrade."""
    records = np.frombuffer(answer, RECORD, entities, _HEAD.size)
    tails = np.frombuffer(answer, TAIL, *_counted(answer, _HEAD.size + records.nbytes))
    end = _HEAD.size + records.nbytes + _COUNT.size + tails.nbytes
    return ShardAnswer(generation, records, tails, answer[end:])


def _counted(answer: bytes, at: int) -> tuple[int, int]:
    """Return how many follow, and from where on."""
    return _COUNT.unpack_from(answer, at)[0], at + _COUNT.size


@compiled
def _split(words: Words, at: int, records: Words, tails: Words) -> int:
    """Copy records, and behind their rows the counts that follow some; return where they end."""
    count = len(tails)
    for place in range(count):
        tails[place, 0] = words[at + place]
    at += count
    done = 0
    for row in range(len(records)):
        for place in range(records.shape[1]):
            records[row, place] = words[at + place]
        at += records.shape[1]
        if done < count and tails[done, 0] == row:
            for place in range(1, tails.shape[1]):
                tails[done, place] = words[at]
                at += 1
            done += 1
    return at
