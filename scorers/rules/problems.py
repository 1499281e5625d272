"""What is wrong with rule files: every problem one line of where, expected, got."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from schemas.errors import UserError

_MAX_SHOWN: Final = 60
_LIKENESS: Final = 0.5
"""Names less alike than this are no help as a suggestion."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    >>> str(Problem("post.yaml", 7, "rule cheap.action", "hold or clear", "'stop'"))
    "post.yaml:7: rule cheap.action: expected hold or clear, got 'stop'"
    """

    file: str
    line: int
    place: str
    expected: str
    got: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        place = f" {self.place}:" if self.place else ""
        return f"{self.file}{line}:{place} expected {self.expected}, got {self.got}"


class RuleError(UserError, ValueError):
    """Rules that cannot be used: all `problems` of all files, a line each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Scope:
    """Where a reader stands; what it refuses is added to `problems`, shared by the whole file."""

    file: str
    place: str
    problems: list[Problem]

    def inside(self, name: str) -> Scope:
        """Return the scope of a part of this one."""
        joint = "." if self.place and not name.startswith("[") else ""
        return Scope(self.file, f"{self.place}{joint}{name}", self.problems)

    def refuse(self, node: yaml.Node, expected: str, got: str | None = None) -> None:
        """Note that `node` is not what was expected."""
        said = described(node) if got is None else got
        line = node.start_mark.line + 1
        self.problems.append(Problem(self.file, line, self.place, expected, said))


def described(node: yaml.Node) -> str:
    """Return what stands at `node`, in a few words."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return shown(node.value) if node.value else "nothing"


def shown(text: str) -> str:
    """Return `text` in quotes, on one line, cut if it is long."""
    quoted = repr(text)
    return quoted if len(quoted) <= _MAX_SHOWN else f"{quoted[:_MAX_SHOWN]}..."


def with_nearest(expected: str, got: str, known: Sequence[str]) -> str:
    """Return `expected` with the known name that `got` is most like, if any is.

    >>> with_nearest("a known key", "ownr", ["id", "owner"])
    'a known key (the nearest is owner)'
    """
    nearest = difflib.get_close_matches(got, known, n=1, cutoff=_LIKENESS)
    return f"{expected} (the nearest is {nearest[0]})" if nearest else expected
