"""Whole columns of texts as bytes whose words can be hashed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

BREAK: Final = "\0"
"""What stands between two texts."""

_UNDECOMPOSED: Final = {"’": "'", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d",
                        "Đ": "d", "æ": "ae", "Æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}  # fmt: skip
"""Latin letters (and a sign) that no accent can be taken from."""

_FROM: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0135"
_TO: Final = b"abcdefghijklmnopqrstuvwxyzoles"
_FOLDED: Final = bytes(
    code if chr(code).isalnum() or not code else ord(" ") for code in range(128)
).ljust(256).translate(bytes.maketrans(_FROM, _TO))  # fmt: skip


def folded(texts: Sequence[str]) -> bytes:
    """Return texts as bytes: lower case, no accents, digits that look like letters as those,
    other signs as spaces, other scripts left out, a break in between.

    >>> folded(["Müller & Co.", "G0ld"])
    b'muller   co \\x00gold'
    """
    text = BREAK.join(texts)
    if text.count(BREAK) != max(len(texts) - 1, 0):
        text = BREAK.join(one.replace(BREAK, " ") for one in texts)
    if not text.isascii():
        for letter, plain in _UNDECOMPOSED.items():
            text = text.replace(letter, plain)
        text = unicodedata.normalize("NFKD", text)
    return text.encode("ascii", "ignore").translate(_FOLDED)
