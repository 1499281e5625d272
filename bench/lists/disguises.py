"""Ways in which a listed name comes back changed."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from typing import Final

_LOOKALIKES: Final = str.maketrans("aeopcxyAEOPCXTMHKB", "аеорсхуАЕОРСХТМНКВ")
_SOUNDS: Final = (("ph", "f"), ("ck", "k"), ("c", "k"), ("z", "s"), ("v", "f"), ("ai", "ei"))
_CYRILLIC: Final = str.maketrans("abdefgiklmnoprstuvz", "абдефгиклмнопрстувз")

Disguise = Callable[[str, random.Random], str]


def _typo(name: str, rng: random.Random) -> str:
    """Return a name with a letter wrong, lost, added, or swapped with the next."""
    at = rng.randrange(len(name) - 1)
    letter = rng.choice(string.ascii_lowercase)
    return rng.choice(
        (
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


def _two_typos(name: str, rng: random.Random) -> str:
    return _typo(_typo(name, rng), rng)


def _swapped(name: str, rng: random.Random) -> str:
    words = name.split()
    rng.shuffle(words)
    return " ".join(words)


def _word_lost(name: str, rng: random.Random) -> str:
    words = name.split()
    # Of two words neither is enough to know a name by.
    if len(words) > 2:
        del words[rng.randrange(len(words))]
    return " ".join(words)


def _word_added(name: str, rng: random.Random) -> str:
    return f"{name} {rng.choice(('International', 'Trading', 'Ltd', 'GmbH', 'Anna', 'Group'))}"


def _other_sound(name: str, _rng: random.Random) -> str:
    for letters, other in _SOUNDS:
        name = name.replace(letters, other)
    return name


def _sounds_and_typo(name: str, rng: random.Random) -> str:
    return _typo(_other_sound(name, rng), rng)


def _spaced(name: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(name))
    return f"{name[:at]} {name[at:]}" if rng.random() < 0.5 else name.replace(" ", "", 1)


DISGUISES: Final[dict[str, Disguise]] = {
    "unchanged": lambda name, _: name,
    "capitals": lambda name, _: name.upper(),
    "words swapped": _swapped,
    "one typo": _typo,
    "two typos": _two_typos,
    "other sounds": _other_sound,
    "other sounds and a typo": _sounds_and_typo,
    "a word lost (of three)": _word_lost,
    "a word added": _word_added,
    "a space more or less": _spaced,
    "look-alike letters": lambda name, _: name.translate(_LOOKALIKES),
    "in Cyrillic": lambda name, _: name.lower().translate(_CYRILLIC),
    "invisible characters": lambda name, _: "\u200b".join(name),
    "mirrored": lambda name, _: f"\u202e{name[::-1]}\u202c",
}
"""By what is done to a name."""
