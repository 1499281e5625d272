"""Texts as the words that rules look for, whatever script they are written in."""

from __future__ import annotations

import re
from typing import Final

from scorers.features.text import all_words

# Thai to Myanmar, Khmer, kana, Han: scripts that put no space between words.
_SPACELESS: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN: Final = re.compile(f"[{_SPACELESS}]|[^\\s{_SPACELESS}]+")


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of `text`, folded as features fold them, one after the other.

    Where a script puts no space between words every character stands for itself, so that a phrase
    is found inside a longer run of them.

    >>> tokens("Pill-PRESS"), tokens("手机 case")
    (('pill', 'press'), ('手', '机', 'case'))
    """
    return tuple(_TOKEN.findall(" ".join(all_words(text))))
