"""Words of goods descriptions, normalised so that spelling tricks do not make new ones."""

from __future__ import annotations

import re
import unicodedata

from scorers.features.hashing import Hashes, hash_column

MAX_WORDS = 24
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = {code: None for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}


def all_words(text: str) -> list[str]:
    """Return the words of `text` as they follow each other, lower case.

    Invisible format characters are dropped and compatibility forms folded (NFKC).
    """
    # Dropped first: a hidden character would keep a letter and its accent from composing.
    visible = text.translate(_INVISIBLE)
    return _WORD.findall(unicodedata.normalize("NFKC", visible).casefold())


def words(text: str) -> tuple[str, ...]:
    """Return the distinct words of `text`, in order, at most `MAX_WORDS`.

    >>> words("Cotton T-Shirt, cotton")
    ('cotton', 't', 'shirt')
    """
    return tuple(dict.fromkeys(all_words(text)))[:MAX_WORDS]


class WordMemo(dict[str, Hashes]):
    """Word hashes of descriptions seen, emptied when `limit` is reached: wordings repeat."""

    def __init__(self, limit: int = 100_000) -> None:
        super().__init__()
        self._limit = limit

    def __missing__(self, text: str) -> Hashes:
        if len(self) >= self._limit:
            self.clear()
        found = words(text) or ("",)
        value = hash_column(found)
        self[text] = value
        return value
