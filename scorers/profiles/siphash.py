"""SipHash-2-4 of whole columns of texts.

Source: Aumasson and Bernstein, SipHash: a fast short-input PRF, INDOCRYPT 2012.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.hashing import Hashes
from scorers.features.texts import WORD, Bytes, Places, Texts, last_word_at, side_by_side, word_at

_START: Final = (
    np.uint64(0x736F6D6570736575),
    np.uint64(0x646F72616E646F6D),
    np.uint64(0x6C7967656E657261),
    np.uint64(0x7465646279746573),
)
_START_0, _START_1, _START_2, _START_3 = _START
_LAST: Final = np.uint64(0xFF)
_LENGTH_SHIFT: Final = np.uint64(56)
_BITS: Final = np.uint64(64)

Keys = Hashes
"""A line of two words for each key."""

_State = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


def words_of(keys: list[bytes]) -> Keys:
    """Return keys of 16 bytes as words."""
    return np.frombuffer(b"".join(keys), "<u8").reshape(-1, 2).astype(np.uint64)


def keyed_hashes(columns: Sequence[Texts], keys: Keys, numbers: Places) -> Hashes:
    """Return the hash of each text under the key that its number names; 0 for an empty text.

    All columns are of one length; hashes and `numbers` have a row for each.

    >>> from scorers.features.texts import texts_of
    >>> column, one = texts_of(["c-1", ""]), np.zeros((1, 2), dtype=np.int64)
    >>> keyed_hashes([column], words_of([bytes(range(16))]), one).tolist()
    [[1559472639986582793, 0]]
    """
    hashes: Hashes = np.empty(numbers.shape, dtype=np.uint64)
    for rows, data, starts, sizes in side_by_side(columns):
        _hash_all(data, starts, sizes, keys, numbers, rows, hashes)
    return hashes


@compiled
def _hash_all(
    data: Bytes,
    starts: Places,
    sizes: Places,
    keys: Keys,
    numbers: Places,
    rows: Places,
    hashes: Hashes,
) -> None:
    for column in range(len(rows)):
        row = rows[column]
        for place in range(starts.shape[1]):
            at, size = numbers[row, place], sizes[column, place]
            hashes[row, place] = np.uint64(0)
            if size > 0:
                start = starts[column, place]
                hashes[row, place] = siphash_at(data, start, size, keys[at, 0], keys[at, 1])


@compiled
def siphash_at(data: Bytes, at: int, size: int, key_0: np.uint64, key_1: np.uint64) -> np.uint64:
    """Return the hash of the `size` bytes from a place, after which there is another word."""
    state = (key_0 ^ _START_0, key_1 ^ _START_1, key_0 ^ _START_2, key_1 ^ _START_3)
    left = size
    while left >= WORD:
        state = _compressed(state, word_at(data, at))
        at += WORD
        left -= WORD
    last = np.uint64(size) << _LENGTH_SHIFT
    if left > 0:
        last |= last_word_at(data, at, left)
    return _finished(state, last)


@compiled
def siphash_of_word(word: np.uint64, key_0: np.uint64, key_1: np.uint64) -> np.uint64:
    """Return the hash of the 8 bytes of a word, the lowest first."""
    state = (key_0 ^ _START_0, key_1 ^ _START_1, key_0 ^ _START_2, key_1 ^ _START_3)
    return _finished(_compressed(state, word), np.uint64(WORD) << _LENGTH_SHIFT)


@compiled
def _finished(state: _State, last: np.uint64) -> np.uint64:
    a, b, c, d = _compressed(state, last)
    state = (a, b, c ^ _LAST, d)
    for _ in range(4):
        state = _round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


@compiled
def _compressed(state: _State, word: np.uint64) -> _State:
    """Take in a word: two rounds."""
    a, b, c, d = state
    a, b, c, d = _round(_round((a, b, c, d ^ word)))
    return a ^ word, b, c, d


@compiled
def _round(state: _State) -> _State:
    a, b, c, d = state
    a += b
    c += d
    b = _turned(b, np.uint64(13)) ^ a
    d = _turned(d, np.uint64(16)) ^ c
    a = _turned(a, np.uint64(32))
    c += b
    a += d
    b = _turned(b, np.uint64(17)) ^ c
    d = _turned(d, np.uint64(21)) ^ a
    c = _turned(c, np.uint64(32))
    return a, b, c, d


@compiled
def _turned(word: np.uint64, bits: np.uint64) -> np.uint64:
    """Return a word with its bits moved up, those that fall out coming in again below."""
    return word << bits | word >> (_BITS - bits)
