"""Words of goods descriptions, normalised so that spelling tricks do not make new ones."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from scorers.features.hashing import Hashes, hash_text

MAX_WORDS = 24
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = {code: None for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}


def words(text: str) -> tuple[str, ...]:
    """Return the distinct words of `text`, in order, lower case, at most `MAX_WORDS`.

    Compatibility forms are folded (NFKC) and invisible format characters dropped.

    >>> words("Cotton T-Shirt, cotton")
    ('cotton', 't', 'shirt')
    """
    folded = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()
    return tuple(dict.fromkeys(_WORD.findall(folded)))[:MAX_WORDS]


class WordMemo(dict[str, Hashes]):
    """Word hashes of descriptions seen, emptied when `limit` is reached: wordings repeat."""

    def __init__(self, limit: int = 100_000) -> None:
        super().__init__()
        self._limit = limit

    def __missing__(self, text: str) -> Hashes:
        if len(self) >= self._limit:
            self.clear()
        found = words(text) or ("",)
        value = np.array([hash_text(word) for word in found], dtype=np.uint64)
        self[text] = value
        return value
