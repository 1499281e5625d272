"""How alike two words can be at most, by compiled loops over their letters."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.compiled import compiled
from scorers.features.hashing import mix
from scorers.features.texts import Bytes
from scorers.lists.comparing import HOPELESS, LEAST_ALIKE, SAME_SOUND

MOST_LETTERS: Final = 64
"""Letters of which one number has a bit each: what is asked of longer words is not answered."""

_SLACK: Final = 1e-8
"""Far more than what rounding does to a share."""

_BONES: Final = np.array(
    [0 if chr(code) in "aeiouyjhckq" else code for code in range(256)], dtype=np.uint64
)
"""Consonants that a skeleton keeps whatever stands beside them, 0 for all other letters."""

_BONES[[ord("p"), ord("w")]] = ord("f"), ord("v")

_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE: Final = np.uint64(1)
_NOTHING: Final = np.uint64(0)


@compiled
def most_alike(left: Bytes, right: Bytes) -> float:
    """Return how alike two words are at most, 0 to 1."""
    ratio = letter_ratio(left, right)
    if HOPELESS - _SLACK < ratio < SAME_SOUND and _bones(left) == _bones(right):
        return SAME_SOUND
    return ratio if ratio >= LEAST_ALIKE - _SLACK else 0.0


@compiled
def _bones(word: Bytes) -> np.uint64:
    """Return a hash of what words with one `skeleton` have in common: some of its consonants."""
    value = former = _NOTHING
    for letter in word:
        bone = _BONES[letter]
        if bone != _NOTHING and bone != former:
            value = mix(value ^ bone)
            former = bone
    return value


@compiled
def letter_ratio(left: Bytes, right: Bytes) -> float:
    """Return twice the longest common subsequence's share of the letters of two words.

    Bit by bit of one number (Hyyro, "Bit-parallel LCS-length computation revisited", 2004).
    """
    missing = _ALL
    for letter in right:
        same = _NOTHING
        for at in range(len(left)):
            same |= np.uint64(left[at] == letter) << np.uint64(at)
        matched = missing & same
        missing = (missing + matched) | (missing - matched)
    common = 0
    for at in range(len(left)):
        common += (missing >> np.uint64(at)) & _ONE == _NOTHING
    return 2 * common / (len(left) + len(right))
