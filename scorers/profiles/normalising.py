"""Names and addresses brought to one spelling: of single texts, and of whole columns of bytes."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.texts import WORD, Bytes, Places, Texts

_LETTERS: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_DROPPED: Final = bytes(
    code for code in range(128) if code not in _LETTERS and not 65 <= code <= 90
)
_LOWER: Final = bytes(code + 32 if 65 <= code <= 90 else code for code in range(256))
_SHORT_FORMS: Final = (
    (b"strasse", b"str"),
    (b"street", b"st"),
    (b"avenue", b"ave"),
    (b"boulevard", b"blvd"),
)
"""Of street types that are written out or not, the short one; replaced in this order."""

_STRA, _STRE, _AVEN, _BOUL = (
    np.uint64(int.from_bytes(long[:4], "little")) for long, _ in _SHORT_FORMS
)

_CODES: Final = 0x800
"""Characters of one or two bytes in UTF-8: Latin, Greek, Cyrillic, Hebrew, Arabic and others."""

_GROWTH: Final = 2
"""Most bytes that a byte of such a character becomes."""


class Column(NamedTuple):
    """Texts made of pieces, one after the other: number i has those of row i, from `data`."""

    data: Bytes
    starts: Places
    sizes: Places


def normalised(text: str) -> bytes:
    """Return a text without case, accents, spaces, punctuation and compatibility forms.

    >>> [normalised(text) for text in ("Hauptstraße 1", "HAUPTSTR. 1", "Café-Allée", "Ｓｔｏ")]
    [b'hauptstr1', b'hauptstr1', b'cafeallee', b'sto']
    """
    letters = _letters(text)
    for long, short in _SHORT_FORMS:
        letters = letters.replace(long, short)
    return letters


def normalised_texts(column: Column) -> Texts:
    """Return the same of each text of a column.

    Texts with characters of three bytes or more, such as Chinese ones, are normalised one by one.
    """
    count, size = len(column.starts), int(column.sizes.sum())
    made = np.empty(_GROWTH * size + WORD, dtype=np.uint8)
    starts, sizes = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    end = _normalise_all(*column, *_folds(), *_forms(), made, starts, sizes)
    odd = np.flatnonzero(sizes < 0)
    if len(odd) == 0:
        return Texts(made, starts, sizes)
    folded = [normalised(_text(column, row)) for row in odd.tolist()]
    sizes[odd] = lengths = list(map(len, folded))
    starts[odd] = end + np.cumsum(lengths) - lengths
    return Texts(_bytes(made[:end].tobytes() + b"".join(folded)), starts, sizes)


def _letters(text: str) -> bytes:
    """Return the small letters and digits of a text, as long forms have them."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(letter for letter in decomposed if letter.isalnum())
    return text.encode("utf-8", "surrogatepass").translate(_LOWER, _DROPPED)


def _text(column: Column, row: int) -> str:
    spans = zip(column.starts[row].tolist(), column.sizes[row].tolist(), strict=True)
    whole = b"".join(column.data[start : start + size].tobytes() for start, size in spans)
    return whole.decode("utf-8", "surrogatepass")


def _bytes(text: bytes) -> Bytes:
    return np.frombuffer(text + bytes(WORD), dtype=np.uint8).copy()


@cache
def _folds() -> tuple[Bytes, Places]:
    """Return what each character of one or two bytes becomes, one after the other, and the ends.

    That does not depend on its neighbours: what does, accents, is dropped.
    """
    folded = [_letters(chr(code)) for code in range(_CODES)]
    return _bytes(b"".join(folded)), np.cumsum([0, *map(len, folded)])


@cache
def _forms() -> tuple[Bytes, Places]:
    """Return long and short forms, one after the other, and their ends."""
    forms = [form for pair in _SHORT_FORMS for form in pair]
    return _bytes(b"".join(forms)), np.cumsum([0, *map(len, forms)])


@compiled
def _normalise_all(
    data: Bytes,
    firsts: Places,
    lengths: Places,
    folds: Bytes,
    fold_ends: Places,
    forms: Bytes,
    form_ends: Places,
    made: Bytes,
    starts: Places,
    sizes: Places,
) -> int:
    """Fill in normalised texts, size -1 for one that has other characters; return the end."""
    end = 0
    for row in range(len(starts)):
        starts[row] = at = end
        for piece in range(firsts.shape[1]):
            at = _folded(data, firsts[row, piece], lengths[row, piece], folds, fold_ends, made, at)
            if at < 0:
                break
        if at < 0:
            sizes[row] = -1
            continue
        if _has_a_form(made, end, at):
            for form in range(0, len(form_ends) - 1, 2):
                first, middle, last = form_ends[form], form_ends[form + 1], form_ends[form + 2]
                at = _shortened(made, end, at, forms, first, middle, last)
        sizes[row] = at - end
        end = at
    return end


@compiled
def _folded(
    data: Bytes, first: int, size: int, folds: Bytes, ends: Places, made: Bytes, at: int
) -> int:
    """Append a folded piece at a place; return where it ends, -1 for other characters."""
    place, end = first, first + size
    while place < end:
        code = np.int64(data[place])
        place += 1
        if code < 0x80:
            # Those become one letter or nothing, which is then written over.
            made[at] = folds[ends[code]]
            at += ends[code + 1] - ends[code]
            continue
        if code >= 0xE0:
            return -1
        code = (code & 0x1F) << 6 | np.int64(data[place]) & 0x3F
        place += 1
        for fold in range(ends[code], ends[code + 1]):
            made[at] = folds[fold]
            at += 1
    return at


@compiled
def _has_a_form(made: Bytes, start: int, end: int) -> bool:
    """Tell whether a long form may be there: most texts have none, and one look is enough."""
    word = np.uint64(0)
    for place in range(start, end):
        word = word >> np.uint64(8) | np.uint64(made[place]) << np.uint64(24)
        if word in (_STRA, _STRE, _AVEN, _BOUL):
            return True
    return False


@compiled
def _shortened(
    made: Bytes, start: int, end: int, forms: Bytes, first: int, middle: int, last: int
) -> int:
    """Replace a long form by its short one, in place; return where the text then ends."""
    size = middle - first
    place = start
    while place + size <= end:
        if made[place] == forms[first] and _is_at(made, place, forms, first, size):
            for letter in range(middle, last):
                made[place] = forms[letter]
                place += 1
            end = _moved(made, place, place + size - (last - middle), end)
        else:
            place += 1
    return end


@compiled
def _is_at(made: Bytes, place: int, forms: Bytes, first: int, size: int) -> bool:
    alike = 1
    while alike < size and made[place + alike] == forms[first + alike]:
        alike += 1
    return alike == size


@compiled
def _moved(made: Bytes, place: int, rest: int, end: int) -> int:
    """Move what follows from `rest` on to a place before it; return where it then ends."""
    for at in range(rest, end):
        made[place] = made[at]
        place += 1
    return place
