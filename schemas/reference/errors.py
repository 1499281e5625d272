"""What is told of reference data that cannot be used: a line each, with the file and the line."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.errors import UserError


class ReferenceDataError(UserError, ValueError):
    """Reference data that cannot be used. The text is an interface: where, expected, got.

    `line` is 0 where a problem is not that of one line.
    """

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file} line {line}: {problem}" if line else f"{file}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem

    @property
    def problems(self) -> Sequence[ReferenceDataError]:
        """All that is wrong: this alone."""
        return (self,)


class SeveralReferenceDataError(ReferenceDataError):
    """Several of them; it is called by the first one and tells each in a line."""

    def __init__(self, problems: Sequence[ReferenceDataError]) -> None:
        super().__init__(problems[0].file, problems[0].line, problems[0].problem)
        self.args = ("\n".join(map(str, problems)),)
        self._problems = tuple(problems)

    @property
    def problems(self) -> Sequence[ReferenceDataError]:
        """All that is wrong, file by file."""
        return self._problems


class Problems:
    """Collects what is wrong with several files, to be told together."""

    def __init__(self) -> None:
        self._found: list[ReferenceDataError] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, error: ReferenceDataError) -> None:
        """Note what is wrong."""
        self._found += error.problems

    def refuse(self, file: str, line: int, problem: str) -> None:
        """Note a problem of a file."""
        self._found.append(ReferenceDataError(file, line, problem))

    def raise_any(self) -> None:
        """Raise what was noted, if there is anything."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            files = list(dict.fromkeys(one.file for one in self._found))
            ordered = sorted(self._found, key=lambda one: (files.index(one.file), one.line))
            raise SeveralReferenceDataError(ordered)
