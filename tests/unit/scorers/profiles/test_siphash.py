"""The compiled SipHash-2-4 gives the values of a plain one, and of the published vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.texts import texts_of
from scorers.profiles.siphash import keyed_hashes, words_of
from tests.factories import PROPERTY

KEY = bytes(range(16))
_MASK = (1 << 64) - 1


def _turned(word: int, bits: int) -> int:
    return (word << bits | word >> 64 - bits) & _MASK


def plain_siphash(key: bytes, text: bytes) -> int:
    """Return the hash as the paper's figure has it, in Python's integers."""
    keys = [int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")] * 2
    v = [
        k ^ ord_ for k, ord_ in zip(keys, _words(b"uespemosmodnarodarenegylsetybdet"), strict=True)
    ]
    padded = text + bytes(7 - len(text) % 8) + bytes([len(text) % 256])
    for word in _words(padded):
        v[3] ^= word
        _rounds(v, 2)
        v[0] ^= word
    v[2] ^= 0xFF
    _rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _words(text: bytes) -> list[int]:
    return [int.from_bytes(text[at : at + 8], "little") for at in range(0, len(text), 8)]


def _rounds(v: list[int], count: int) -> None:
    for _ in range(count):
        for a, b, c, d, first, second in ((0, 1, 2, 3, 13, 16), (2, 1, 0, 3, 17, 21)):
            v[a] = (v[a] + v[b]) & _MASK
            v[c] = (v[c] + v[d]) & _MASK
            v[b] = _turned(v[b], first) ^ v[a]
            v[d] = _turned(v[d], second) ^ v[c]
            v[a] = _turned(v[a], 32)


def _compiled(key: bytes, texts: list[str]) -> list[int]:
    numbers = np.zeros((1, len(texts)), dtype=np.int64)
    return keyed_hashes([texts_of(texts)], words_of([key]), numbers)[0].tolist()


@pytest.mark.parametrize(
    ("size", "vector"),
    [
        (1, 0x74F839C593DC67FD),
        (7, 0xAB0200F58B01D137),
        (8, 0x93F5F5799A932462),
        (15, 0xA129CA6149BE45E5),
        (63, 0x958A324CEB064572),
    ],
)
def test_hash_is_that_of_the_published_test_vectors(size: int, vector: int) -> None:
    text = bytes(range(size)).decode()
    assert _compiled(KEY, [text]) == [vector] == [plain_siphash(KEY, text.encode())]


@given(st.lists(st.text(max_size=40), max_size=10), st.binary(min_size=16, max_size=16))
@PROPERTY
def test_hashes_of_a_column_equal_those_of_a_plain_loop(texts: list[str], key: bytes) -> None:
    expected = [plain_siphash(key, text.encode()) if text else 0 for text in texts]
    assert _compiled(key, texts) == expected


def test_hash_takes_the_key_that_the_number_names() -> None:
    keys = [KEY, bytes(16)]
    column, other = texts_of(["x", "x", "x"]), texts_of(["a", "", "b"])
    numbers = np.array([[1, 0, 1], [0, 0, 1], [0, 0, 0]])
    found = keyed_hashes([column, other, column], words_of(keys), numbers)
    expected = [
        [
            plain_siphash(keys[number], text) if text else 0
            for number, text in zip(*row, strict=True)
        ]
        for row in zip(numbers.tolist(), [[b"x"] * 3, [b"a", b"", b"b"], [b"x"] * 3], strict=True)
    ]
    assert found.tolist() == expected
