"""Words of names, read from their bytes by a compiled loop as `words_of` reads folded texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import Bytes, Places, Texts
from scorers.hashindex import Flags
from scorers.lists.columntext import folded
from scorers.lists.names import names_in
from scorers.lists.wordhashes import HEARD, LEAST_SOUNDS, LETTERS, MOST_POWER, POWERS

_SPACE: Final = ord(" ")
_ASCII: Final = 128
_FIRST_LEAD: Final = 0xC2
_LAST_LEAD: Final = 0xC9
"""First bytes, in UTF-8, of the letters from U+0080 to U+024F: the Latin ones."""

_PER_LEAD: Final = 64
_PART: Final = 0x3F
_MOST: Final = 2


_LATIN: Final = " " + "".join(
    map(chr, range(1, _ASCII + _PER_LEAD * (_LAST_LEAD + 1 - _FIRST_LEAD)))
)
"""All letters up to the last Latin one; a space in place of the first, which is none."""


def _fold() -> Bytes:
    """Return what each letter is folded to: two letters at most."""
    lines = b"".join(folded([letter]).ljust(_MOST, bytes(1)) for letter in _LATIN)
    return np.frombuffer(lines, dtype=np.uint8).reshape(len(_LATIN), _MOST)


_FOLD: Final = _fold()


def _is_plain(letter: str) -> bool:
    """Tell whether names with a letter are read in one way only, as they are folded here."""
    text = f"anna{letter}muster"
    (words,) = [folded([text]).decode("ascii").split()]
    alone = letter == " " or letter.isalpha()
    return alone and [name.words for name in names_in(text)] == [tuple(words)]


_PLAIN: Final = np.array([_is_plain(letter) for letter in _LATIN], dtype=np.bool_)
_NOTHING: Final = np.uint64(0)


class NameWords(NamedTuple):
    """Words of a column of names: which name's, where in `letters` each begins, and its hashes.

    Words of name i are those from `firsts[i]` to `firsts[i + 1]`. A name with letters of other
    scripts than the Latin one has none. A `plain` one has letters and spaces only, and no letter
    that is also read as another.
    """

    letters: Bytes
    plain: Flags
    firsts: Integers
    start: Integers
    length: Integers
    exact: Hashes
    sound: Hashes


def name_words(names: Texts) -> NameWords:
    """Return the words of names, folded: lower case without accents, signs as spaces, some digits
    as letters.

    >>> from scorers.features.texts import texts_of
    >>> words = name_words(texts_of(["Anna Müster", "G0LD", "Анна"]))
    >>> words.firsts.tolist(), bytes(words.letters[:14])
    ([0, 2, 3, 3], b'annamustergold')
    """
    letters = np.empty(int(names.sizes.sum()), dtype=np.uint8)
    plain = np.zeros(len(names.sizes), dtype=np.bool_)
    firsts = np.zeros(len(names.sizes) + 1, dtype=np.int64)
    # Words of a letter each, with a space between them, are the most.
    most = len(letters) // 2 + len(names.sizes)
    start, length = np.empty((2, most), dtype=np.int64)
    exact, sound = np.empty((2, most), dtype=np.uint64)
    words = NameWords(letters, plain, firsts, start, length, exact, sound)
    count = _read(names.data, names.starts, names.sizes, words)
    columns = (start[:count], length[:count], exact[:count], sound[:count])
    return NameWords(letters, plain, firsts, *columns)


def put_together(columns: Sequence[NameWords]) -> NameWords:
    """Return the words of several columns of names as those of one."""
    words = np.cumsum([0, *(len(column.exact) for column in columns)])
    letters = np.cumsum([0, *(len(column.letters) for column in columns)])
    firsts = [column.firsts[1:] + before for column, before in zip(columns, words, strict=False)]
    starts = [column.start + before for column, before in zip(columns, letters, strict=False)]
    return NameWords(
        np.concatenate([column.letters for column in columns]),
        np.concatenate([column.plain for column in columns]),
        np.concatenate([[0], *firsts]),
        np.concatenate(starts),
        np.concatenate([column.length for column in columns]),
        np.concatenate([column.exact for column in columns]),
        np.concatenate([column.sound for column in columns]),
    )


@compiled
def _is_latin(data: Bytes, at: int, size: int) -> bool:
    """Tell whether a text has no letter behind the Latin ones."""
    highest = np.uint8(0)
    for place in range(at, at + size):
        highest = max(highest, data[place])
    return bool(highest <= _LAST_LEAD)


@compiled
def _read(data: Bytes, starts: Places, sizes: Places, words: NameWords) -> int:
    """Fill in the words of all names; return how many they are."""
    word, letter = 0, 0
    for name in range(len(starts)):
        if _is_latin(data, starts[name], sizes[name]):
            words.plain[name] = True
            word, letter = _read_name(data, starts[name], sizes[name], words, name, word, letter)
        words.firsts[name + 1] = word
    return word


@compiled
def _read_name(
    data: Bytes, at: int, size: int, words: NameWords, name: int, word: int, letter: int
) -> tuple[int, int]:
    """Fill in the words of one name; return where the next word and letter go."""
    begun, end = letter, at + size
    while at < end:
        line = np.int64(data[at])
        if line >= _FIRST_LEAD:
            at += 1
            line = _ASCII + _PER_LEAD * (line - _FIRST_LEAD) + (np.int64(data[at]) & _PART)
        at += 1
        words.plain[name] &= _PLAIN[line]
        if _FOLD[line, 0] == _SPACE and letter > begun:
            _add(words, word, begun, letter)
            word += 1
            begun = letter
        for said in _FOLD[line]:
            if said > _SPACE:
                words.letters[letter] = said
                letter += 1
    if letter > begun:
        _add(words, word, begun, letter)
        word += 1
    return word, letter


@compiled
def _add(words: NameWords, word: int, begun: int, end: int) -> None:
    """Fill in one word: its hash as spelled, and that of its consonants, doubled ones as one."""
    exact, sound = _NOTHING, _NOTHING
    heard, former = 0, _NOTHING
    for at in range(begun, end):
        code = words.letters[at]
        exact += LETTERS[code] * POWERS[min(at - begun, MOST_POWER)]
        said = HEARD[code]
        if said != _NOTHING and said != former:
            heard += 1
            sound += said * POWERS[min(heard, MOST_POWER)]
        former = said
    words.start[word] = begun
    words.length[word] = end - begun
    words.exact[word] = exact
    words.sound[word] = exact if heard < LEAST_SOUNDS else sound
