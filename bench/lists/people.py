"""Names of people and firms as they are spread in a population: few are frequent, most are rare."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

_ONSETS: Final = (*"bcdfghjklmnprstvwz" * 3, "br", "ch", "dr", "gr", "kr", "ph", "sch", "st", "th")
_VOWELS: Final = (*"aeioaeiou", "ai", "ei", "ou")
_CODAS: Final = (*[""] * 6, *"nrslt", "ng", "nd")
_TRADES: Final = ("Trading", "Export", "Supply", "Commerce", "Logistics", "Industry", "Technology")
_FORMS: Final = ("Co Ltd", "Co., Ltd.", "GmbH", "LLC", "Limited", "S.A.", "B.V.")
_ACCENTS: Final = str.maketrans("aeou", "äéöü")

_GIVEN, _FAMILY, _FIRM = 3_000, 30_000, 15_000
_LANGUAGE: Final = 99
"""Seed of the words, which the listed and all others share."""


@dataclass(frozen=True)
class _Zipf:
    """Words whose frequency falls with a power of their rank."""

    words: Sequence[str]
    bounds: Sequence[float]

    def draw(self, rng: random.Random) -> str:
        return self.words[bisect(self.bounds, rng.random() * self.bounds[-1])]


def _zipf(rng: random.Random, count: int, syllables: Sequence[int], power: float) -> _Zipf:
    words: dict[str, None] = {}
    while len(words) < count:
        parts = (
            rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
            for _ in range(rng.choice(syllables))
        )
        words["".join(parts).capitalize()] = None
    return _Zipf(tuple(words), tuple(accumulate(rank**-power for rank in range(1, count + 1))))


class Population:
    """Draws names: surnames about as concentrated as in the United States' census."""

    def __init__(self, seed: int) -> None:
        language = random.Random(_LANGUAGE)
        self._given = _zipf(language, _GIVEN, (1, 2, 2, 3), 0.7)
        self._family = _zipf(language, _FAMILY, (2, 2, 3), 0.6)
        self._firm = _zipf(language, _FIRM, (2, 3), 0.5)
        self.rng = random.Random(seed)

    def person(self) -> str:
        """Return a name of two words, sometimes three, sometimes with accents."""
        rng = self.rng
        given = [self._given.draw(rng) for _ in range(1 + (rng.random() < 0.2))]
        name = " ".join([*given, self._family.draw(rng)])
        return name.translate(_ACCENTS) if rng.random() < 0.15 else name

    def firm(self) -> str:
        """Return the name of a firm: one or two words, a line of trade, a legal form."""
        rng = self.rng
        words = [self._firm.draw(rng) for _ in range(1 + (rng.random() < 0.5))]
        return " ".join([*words, rng.choice(_TRADES), rng.choice(_FORMS)])

    def phrase(self) -> str:
        """Return one to three words, as patterns of goods have."""
        return " ".join(self._firm.draw(self.rng).lower() for _ in range(self.rng.randint(1, 3)))
