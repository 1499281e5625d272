"""Cells of a line of a list, each read with what is expected of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from scorers.lists.problems import Problem, one_of, shown

MAX_TEXT: Final = 256
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,63}", re.ASCII)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Cells:
    """One line of a file; what is refused is added to `problems`."""

    file: str
    line: int
    values: Mapping[str, str]
    problems: list[Problem]

    def refuse(self, column: str, expected: str, got: str | None = None) -> None:
        """Note that a cell is not what was expected."""
        said = shown(self.values.get(column, "").strip()) if got is None else got
        self.problems.append(Problem(self.file, self.line, column, expected, said))

    def text(self, column: str, most: int = MAX_TEXT) -> str:
        """Return a cell's text, or "" if it is empty or too long."""
        text = self.values.get(column, "").strip()
        if len(text) <= most:
            return text
        self.problems.append(
            Problem(
                self.file, self.line, column, f"at most {most} characters", f"{len(text)} of them"
            )
        )
        return ""

    def choice(self, column: str, known: Sequence[str], default: str | None = None) -> str:
        """Return a cell that is one of `known`; an empty one is `default`, if there is one."""
        text = self.text(column)
        if not text and default is not None:
            return default
        if text not in known:
            self.refuse(column, one_of(known, text))
        return text

    def code(self, column: str) -> str:
        """Return a reason code, or "" if there is none."""
        text = self.text(column)
        if text and not _CODE.fullmatch(text):
            self.refuse(column, "a code of up to 64 capital letters, digits and hyphens")
        return text

    def number(self, column: str, low: float, high: float, default: float) -> float:
        """Return a number within bounds; an empty cell is `default`."""
        text = self.text(column)
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            self.refuse(column, f"a number from {low:g} to {high:g}")
            return default
        return value

    def start(self, column: str) -> datetime | None:
        """Return the first instant that counts: a day begins at midnight UTC."""
        return self._instant(column, timedelta())

    def end(self, column: str) -> datetime | None:
        """Return the first instant that counts no more: a day is the last one that counts."""
        return self._instant(column, _DAY)

    def _instant(self, column: str, after_day: timedelta) -> datetime | None:
        text = self.text(column)
        if not text:
            return None
        try:
            return datetime.combine(date.fromisoformat(text), time.min, UTC) + after_day
        except (ValueError, OverflowError):
            return self._moment(column, text)

    def _moment(self, column: str, text: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.refuse(column, "a day (2026-11-01) or an instant with an offset")
            return None
        return moment
