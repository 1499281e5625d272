"""A column of names down to those that may be listed, and which listed ones each may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from anyascii import anyascii

from scorers.features.batch import Integers
from scorers.features.texts import Texts, text_at, texts_of
from scorers.hashindex import Flags
from scorers.lists.bounding import Bounds
from scorers.lists.columntext import BREAK, folded
from scorers.lists.folding import LOOKALIKES, MIRRORED
from scorers.lists.legal import without_han_forms
from scorers.lists.names import MAX_NAME_WORDS, Name, names_in
from scorers.lists.namesearch import NameSearch
from scorers.lists.namewords import NameWords, name_words, put_together

MAX_CANDIDATES: Final = 64
"""Listed names that are compared with one name; those that share the most come first."""

_FOREIGN: Final = re.compile("[^\0-\u024f]")
"""Letters of other scripts than the Latin one."""

_SYLLABLES: Final = re.compile("(?<=[a-z])(?=[A-Z])")
"""Between the syllables that one Chinese or Korean letter each becomes."""


_ROW_BITS: Final = 32
_PLACE: Final = (1 << _ROW_BITS) - 1


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


class ListedName(NamedTuple):
    """A reading of a listed name: which entry's, how it is spelled there, and from how many
    percent on others are alike."""

    entry: int
    spelling: str
    threshold: float
    name: Name


class CandidateIndex:
    """Listed names that others may be."""

    def __init__(self, listed: Sequence[ListedName]) -> None:
        """Index listed names; their place is that among these."""
        places, texts = zip(*_listed_spellings(listed), strict=True)
        self._bounds = Bounds([(one.threshold, one.name) for one in listed])
        # One more, to know that there are too many.
        self._search = NameSearch(folded(texts), np.array(places), MAX_CANDIDATES + 1)

    def of(self, names: Texts) -> Candidates:
        """Return what each name may be: listed names with which it shares hashes."""
        asked = name_words(names)
        owners, spellings = _spelled(names, asked)
        if spellings:
            asked = put_together([asked, name_words(texts_of(spellings))])
        cut = int(np.count_nonzero(asked.firsts[1:] - asked.firsts[:-1] > MAX_NAME_WORDS))
        rows, places = self._search.find(asked)
        if not len(rows):
            return Candidates({}, cut)
        pairs, shared = np.unique((rows << _ROW_BITS) | places, return_counts=True)
        hopeful = self._hopeful(asked, pairs, len(names.sizes))
        return Candidates(_likeliest(pairs[hopeful], shared[hopeful], owners), cut)

    def _hopeful(self, asked: NameWords, pairs: Integers, count: int) -> Flags:
        """Return which pairs of a row and a place are to be compared. Rows from `count` on are
        other readings of names. Where there are too many, it is not by what they are like that
        some are left out."""
        rows, places = pairs >> _ROW_BITS, pairs & _PLACE
        several = np.bincount(rows)[rows] > MAX_CANDIDATES
        hopeful: Flags = self._bounds.hopeful(asked, rows, places)
        hopeful |= several | (rows >= count)
        return hopeful


def _listed_spellings(listed: Sequence[ListedName]) -> Iterator[tuple[int, str]]:
    """Yield how listed names are spelled in Latin letters, with the place of each."""
    for place, one in enumerate(listed):
        yield from ((place, spelling) for spelling in (" ".join(one.name.words), one.spelling))


def _likeliest(pairs: Integers, shared: Integers, owners: Sequence[int]) -> dict[int, list[int]]:
    """Return the places found for each owner of rows, those first that share most hashes."""
    found: dict[int, dict[int, None]] = {}
    for pair in pairs[np.lexsort((pairs, -shared))].tolist():
        found.setdefault(owners[pair >> _ROW_BITS], {})[pair & _PLACE] = None
    return {owner: list(some) for owner, some in found.items()}


def _spelled(names: Texts, words: NameWords) -> tuple[Sequence[int], list[str]]:
    """Return spellings of the names in other scripts, one for each reading; and the number of each
    name, and behind them of the one that each spelling is of."""
    count = len(names.sizes)
    (wordless,) = ((words.firsts[1:] == words.firsts[:-1]) & (names.sizes > 0)).nonzero()
    texts = {at: text_at(names, at) for at in wordless.tolist()}
    odd = [at for at, text in texts.items() if _FOREIGN.search(text)]
    if not odd:
        return range(count), []
    # Letters of the Latin script may stand in them too: without their accents, others left out.
    read = [*enumerate(texts[at] for at in odd), *_readings([texts[at] for at in odd])]
    plain = folded([text for _, text in read]).decode("ascii")
    return [*range(count), *(odd[at] for at, _ in read)], plain.split(BREAK)


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
