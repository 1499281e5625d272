"""A column of names down to those that may be listed, and which listed ones each may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from anyascii import anyascii

from scorers.lists.askedwords import WordFinder
from scorers.lists.columntext import BREAK, folded
from scorers.lists.folding import LOOKALIKES, MIRRORED
from scorers.lists.hashindex import HashIndex
from scorers.lists.legal import without_han_forms
from scorers.lists.namekeys import asked_keys, listed_keys, telling
from scorers.lists.names import names_in
from scorers.lists.ranks import ranks_of
from scorers.lists.wordhashes import words_of

MAX_CANDIDATES: Final = 64
"""Listed names that are compared with one name; those that share the most come first."""

_FOREIGN: Final = re.compile("[^\0-\u024f]")
"""Letters of other scripts than the Latin one."""

_SYLLABLES: Final = re.compile("(?<=[a-z])(?=[A-Z])")
"""Between the syllables that one Chinese or Korean letter each becomes."""


class _InAscii(dict[int, str]):
    """What any letter is in ASCII, asked once a letter: it depends on no other."""

    def __missing__(self, code: int) -> str:
        found = self[code] = anyascii(chr(code))
        return found


_IN_ASCII: Final = _InAscii()


class Candidates(NamedTuple):
    """Places of listed names by the place of the name that may be one of them, likeliest first.

    `cut` names were not searched for as a whole: they have too many words.
    """

    places: dict[int, list[int]]
    cut: int


class CandidateIndex:
    """Listed names that others may be. It remembers words, as many as a fixed array holds."""

    def __init__(self, spellings: Iterable[tuple[int, str]]) -> None:
        """Index listed names, given as spellings in Latin letters with the place of each."""
        places, texts = zip(*spellings, strict=True)
        words = words_of(folded(texts))
        self._words = WordFinder(words.only(telling(words, ranks_of(words))))
        keys = listed_keys(words)
        # One more, to know that there are too many.
        self._index = HashIndex(keys.hashes, np.array(places)[keys.row], MAX_CANDIDATES + 1)

    def of(self, names: Sequence[str]) -> Candidates:
        """Return what each name may be: listed names with which it shares hashes."""
        owners, text = _spelled(names)
        keys, cut = asked_keys(self._words.of(text))
        asked, places = self._index.find(keys.hashes)
        pairs, shared = np.unique((keys.row[asked] << 32) | places, return_counts=True)
        found: dict[int, list[int]] = {}
        for pair in pairs[np.lexsort((pairs, -shared))].tolist():
            found.setdefault(owners[pair >> 32], []).append(pair & 0xFFFFFFFF)
        return Candidates({name: list(dict.fromkeys(some)) for name, some in found.items()}, cut)


def _spelled(names: Sequence[str]) -> tuple[Sequence[int], bytes]:
    """Return names to be hashed, and the place of each: in other scripts one for each reading."""
    places = range(len(names))
    other = [at for at, ascii_only in enumerate(map(str.isascii, names)) if not ascii_only]
    if not other:
        return places, folded(names)
    odd = [at for at in other if _FOREIGN.search(names[at])]
    read = [(odd[at], text) for at, text in _readings([names[at] for at in odd])] if odd else []
    # Only these are taken apart into letters and accents; in their place an empty name is left.
    rest = list(names)
    for at in other:
        rest[at] = ""
    spellings = [*(names[at] for at in other), *(text for _, text in read)]
    whole = BREAK.encode().join((folded(rest), folded(spellings)))
    return [*places, *other, *(at for at, _ in read)], whole


def _readings(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield readings in Latin letters of names in other scripts, and whose each is.

    All names at once: by sound, and by what their letters look like.
    """
    text = BREAK.join(name.replace(BREAK, " ") for name in names)
    yield from enumerate(
        _SYLLABLES.sub(" ", without_han_forms(text).translate(_IN_ASCII)).split(BREAK)
    )
    undisguised = text.casefold().translate(LOOKALIKES).split(BREAK)
    yield from ((at, name) for at, name in enumerate(undisguised) if not _FOREIGN.search(name))
    for at, name in enumerate(names):
        if MIRRORED in name:
            yield from ((at, " ".join(reading.words)) for reading in names_in(name))
