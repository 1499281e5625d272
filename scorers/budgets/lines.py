"""Lines of a TOML file at which its keys stand; its parser does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

Path = Sequence[str | int]
"""Keys from the outermost on, and places in lists."""

_HEADER: Final = re.compile(r"\s*\[{1,2}([^\[\]]+)\]{1,2}\s*(#.*)?$")
_KEY: Final = re.compile(
    r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


def line_of(text: str, path: Path) -> int:
    """Return the line at which the longest part of a path stands that the file has; 0 for none.

    Of what stands in a list it is the line of the list.

    >>> line_of("[default]\\nshare = 2\\n[offices.A]\\nper_hour = 1", ["offices", "A", "per_hour"])
    4
    >>> line_of("default.share = 2", ["default", "explore"])
    1
    """
    best, found = 0, 0
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            known = table
        elif key := _KEY.match(line):
            known = [*table, *_parts(key[1])]
        else:
            continue
        common = _common(known, path)
        if common > best:
            best, found = common, number
    return found


def _parts(name: str) -> list[str]:
    return [next(filter(None, groups), "") for groups in _PART.findall(name)]


def _common(known: Sequence[str], path: Path) -> int:
    """Return how many keys a path and one of the file have in common from the outermost on."""
    count = 0
    for mine, theirs in zip(known, path, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
