"""Names and addresses brought to one spelling, a column at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_LINE: Final = "\n"
_LETTERS: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_DROPPED: Final = bytes(
    code for code in range(128) if code not in (*_LETTERS, *b"\n") and not 65 <= code <= 90
)
_LOWER: Final = bytes(code + 32 if 65 <= code <= 90 else code for code in range(256))
_SHORT_FORMS: Final = (
    (b"strasse", b"str"),
    (b"street", b"st"),
    (b"avenue", b"ave"),
    (b"boulevard", b"blvd"),
)
"""Of street types that are written out or not, the short one."""


def normalised(texts: Sequence[str]) -> list[bytes]:
    """Return texts without case, accents, spaces, punctuation and compatibility forms.

    >>> normalised(["Hauptstraße 1", "HAUPTSTR. 1", "Café-Allée", "Ｓｔｏ"])
    [b'hauptstr1', b'hauptstr1', b'cafeallee', b'sto']
    """
    whole = _LINE.join(texts)
    if not whole.isascii() or whole.count(_LINE) != len(texts) - 1:
        whole = _LINE.join([text if _is_plain(text) else _folded(text) for text in texts])
    letters = whole.encode("utf-8", "surrogatepass").translate(_LOWER, _DROPPED)
    for long, short in _SHORT_FORMS:
        letters = letters.replace(long, short)
    return letters.split(b"\n") if texts else []


def _is_plain(text: str) -> bool:
    return text.isascii() and _LINE not in text


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())
