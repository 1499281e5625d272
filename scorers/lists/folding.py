"""Readings of a text: its words as written, and as they look with disguises undone."""

from __future__ import annotations

import re
from typing import Final

from scorers.features.text import all_words

MIRRORED: Final = "\u202e"
"""RIGHT-TO-LEFT OVERRIDE: what follows is shown mirrored."""

_MIRRORED = re.compile("\u202e([^\u202c]*)\u202c?")

LOOKALIKES: Final = str.maketrans(
    # Cyrillic, Greek, Armenian, Cherokee, other Latin, digits: small letters after case folding,
    # each as the Latin letter that it or its capital looks like.
    "авгеикмнопрстухцьѕіјһӏԁԛԝѵ" + "αβγεηικμνοπρστυχω" + "օսոհցզ"
    "ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ" + "ıɑɡɩɪʏ" + "0135",
    "abreukmhonpctyxubsijhldqwv" + "abyehikmvonpotuxw" + "ounhgq"
    "abcdehjklmprstvwz" + "iagiiy" + "oles",
)  # fmt: skip
"""A selection of Unicode TR 39's confusables: letters that keyboards and fonts offer."""

_PLAIN = re.compile(r"[a-z2346789]*", re.ASCII)
_DIGITS = re.compile(r"\d+")

Reading = tuple[str, ...]


def _undisguised(word: str) -> str:
    """Return `word` in Latin letters, if every other letter of it looks like one."""
    if _PLAIN.fullmatch(word) or _DIGITS.fullmatch(word):
        return word
    folded = word.translate(LOOKALIKES)
    return folded if folded.isascii() else word


def readings(text: str) -> tuple[Reading, ...]:
    """Return the words of `text` in each way that a reader or a program may take them.

    The first reading is as written: lower case, invisible characters dropped, compatibility forms
    folded (`scorers.features.text`). Others are added only where they differ: with letters that
    look like Latin ones taken for those, and as it is shown if marks turn its direction.

    >>> readings("Golden Mug")
    (('golden', 'mug'),)
    >>> readings("G\\u043elden mug")[1]
    ('golden', 'mug')
    """
    if text.isascii() and text.replace(" ", "").isalpha():
        return (tuple(text.lower().split()),)
    ways = [all_words(text)]
    if MIRRORED in text:
        ways.append(all_words(_MIRRORED.sub(lambda turned: turned[1][::-1], text)))
    ways += [[_undisguised(word) for word in way] for way in ways]
    return tuple(dict.fromkeys(map(tuple, ways)))
