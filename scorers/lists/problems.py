"""What is wrong with list files: every problem one line of where, expected, got."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process

from schemas.errors import UserError

_MAX_SHOWN: Final = 60
_LIKENESS: Final = 50
"""Names less alike than this are no help as a suggestion."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    >>> str(Problem("watch.csv", 7, "kind", "watch or allow", "'stop'"))
    "watch.csv:7: kind: expected watch or allow, got 'stop'"
    """

    file: str
    line: int
    column: str
    expected: str
    got: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        column = f" {self.column}:" if self.column else ""
        return f"{self.file}{line}:{column} expected {self.expected}, got {self.got}"


class ListError(UserError, ValueError):
    """Lists that cannot be used: all `problems` of all files, a line each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def shown(text: str) -> str:
    """Return `text` in quotes, on one line, cut if it is long; "nothing" for an empty one."""
    if not text:
        return "nothing"
    quoted = repr(text)
    return quoted if len(quoted) <= _MAX_SHOWN else f"{quoted[:_MAX_SHOWN]}..."


def one_of(known: Sequence[str], got: str) -> str:
    """Return which values are expected, the nearest to what came first.

    >>> one_of(["watch", "allow"], "wacth")
    'one of watch, allow (the nearest is watch)'
    """
    nearest = process.extractOne(got, known, score_cutoff=_LIKENESS)
    hint = f" (the nearest is {nearest[0]})" if nearest else ""
    return f"one of {', '.join(known)}{hint}"
