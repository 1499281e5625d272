"""What is told of reference data that cannot be used: one line, with the file and the line."""

from __future__ import annotations


class ReferenceDataError(ValueError):
    """Reference data that cannot be used. The text is an interface: where, expected, got.

    `line` is 0 where a problem is not that of one line.
    """

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file} line {line}: {problem}" if line else f"{file}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem
