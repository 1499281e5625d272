"""Names of parties as words that can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from anyascii import anyascii

from scorers.features.text import all_words
from scorers.lists.folding import Reading, readings
from scorers.lists.legal import is_said_of_many, without_han_forms

MAX_NAME_WORDS: Final = 12
"""Words by which a name is searched for, the first ones: pairs of them would be too many."""

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_SYLLABLE = re.compile(r"[A-Z][a-z]*|[a-z0-9]+")
_VOWELS: Final = "aeiouy"
_SOUNDS: Final = str.maketrans("cqwj", "kkvy")
_BONES: Final = str.maketrans("cqw", "kkv", _VOWELS + "j")
_REPEATED = re.compile(r"(.)\1+")
_LEAST_SKELETON: Final = 3
_MEMO: Final = 65_536


class Name(NamedTuple):
    """One reading of a name: its words without legal forms and titles, and all as one."""

    words: Reading
    compact: str


def names_in(text: str) -> tuple[Name, ...]:
    """Return the readings of a name in Latin letters, without accents, legal forms and titles.

    >>> names_in("Żabka S.A.")
    (Name(words=('zabka',), compact='zabka'),)
    >>> names_in("陈伟有限公司")
    (Name(words=('chen', 'wei'), compact='chenwei'),)
    """
    found = (_name(reading) for reading in readings(without_han_forms(text)))
    return tuple(dict.fromkeys(name for name in found if name.words))


def _name(reading: Reading) -> Name:
    spoken = [part for word in reading for part in _latin(word)]
    joined = _joined_initials(spoken) if 1 in map(len, spoken) else spoken
    # A name of nothing but such words is compared by them.
    kept = [word for word in joined if not is_said_of_many(word)] or joined
    return Name(tuple(kept), "".join(kept))


def latin_words(text: str) -> list[str]:
    """Return the words of a text in Latin letters, without accents.

    >>> latin_words("Łódź, ul. Długa 5")
    ['lodz', 'ul', 'dluga', '5']
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return [part for word in all_words(text) for part in _latin(word)]


@lru_cache(maxsize=_MEMO)
def _latin(word: str) -> Reading:
    """Return a word in Latin letters; scripts that write syllables give one each."""
    if word.isascii():
        return (word,)
    return tuple(part.lower() for part in _SYLLABLE.findall(anyascii(word)))


def _joined_initials(words: list[str]) -> list[str]:
    """Join runs of single letters: `s r o` is a legal form, and `g o l d` a spread word."""
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1:
            run += word
            continue
        joined += filter(None, (run, word))
        run = ""
    return joined


@lru_cache(maxsize=_MEMO)
def skeleton(word: str) -> str:
    """Return the consonants of a word by sound, or "" if they are too few to say anything.

    >>> skeleton("mohammed"), skeleton("muhamad"), skeleton("anna")
    ('mhmd', 'mhmd', '')
    """
    if "h" in word:
        word = word.replace("ph", "f").replace("sh", "s").replace("kh", "h")
    word = word.replace("ck", "k")
    bones = word[:1].translate(_SOUNDS) + word[1:].translate(_BONES)
    if len(bones) < _LEAST_SKELETON:
        return ""
    bones = _REPEATED.sub(r"\1", bones)
    return bones if len(bones) >= _LEAST_SKELETON else ""
