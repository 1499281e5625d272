"""Lists as CSV: a header, and one entry a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from scorers.lists.cells import Cells
from scorers.lists.entries import Entry
from scorers.lists.lines import COLUMNS, REQUIRED, entry_of
from scorers.lists.problems import ListError, Problem, one_of, shown

_BREAKS: Final = ("\n", "\r")


class _Line(NamedTuple):
    number: int
    entry: Entry


def read_entries(content: bytes, file: str, name: str) -> list[Entry]:
    """Return the entries of list `name`; `file` is how problems call it.

    Raises `ListError` with all problems.

    >>> read_entries(b"subject,value,kind\\nhs,9301,wacth", "arms.csv", "arms")
    Traceback (most recent call last):
        ...
    scorers.lists.problems.ListError: arms.csv:2: kind: expected one of prohibited, watch, \
restricted, stop, allow (the nearest is watch), got 'wacth'
    """
    problems: list[Problem] = []
    lines: list[_Line] = []
    for cells in _rows(content, file, problems):
        entry = entry_of(cells, name)
        if entry is not None:
            lines.append(_Line(cells.line, entry))
    problems += _repeated(lines, file)
    if problems:
        raise ListError(sorted(problems, key=lambda problem: problem.line))
    return [entry for _, entry in lines]


def write_rows(rows: Iterable[Mapping[str, str]], columns: Sequence[str] = COLUMNS) -> bytes:
    """Return lines of cells as CSV, as `read_entries` reads it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _rows(content: bytes, file: str, problems: list[Problem]) -> Iterator[Cells]:
    """Yield the lines below the header; note what is no CSV."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        got = f"byte 0x{content[error.start]:02x}"
        problems.append(Problem(file, line, "", "text in UTF-8", got))
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        faults = _header_problems(header, file)
        problems += faults
        if not faults:
            yield from _cells(reader, header, file, problems)
    except csv.Error as error:
        problems.append(Problem(file, reader.line_num, "", "CSV", str(error)))


def _cells(
    reader: Iterable[list[str]], header: Sequence[str], file: str, problems: list[Problem]
) -> Iterator[Cells]:
    # Cells stay on one line, so that lines can be counted here.
    for number, row in enumerate(reader, start=2):
        broken = any(mark in cell for cell in row for mark in _BREAKS)
        if broken or len(row) not in (0, len(header)):
            got = "a line break in a cell" if broken else f"{len(row)}"
            expected = f"{len(header)} cells on one line"
            problems.append(Problem(file, number, "", expected, got))
        elif any(map(str.strip, row)):
            yield Cells(file, number, dict(zip(header, row, strict=True)), problems)
        if broken:
            return


def _header_problems(header: Sequence[str], file: str) -> list[Problem]:
    unknown = [column for column in header if column not in COLUMNS]
    problems = [Problem(file, 1, "", one_of(COLUMNS, got), shown(got)) for got in unknown]
    problems += [
        Problem(file, 1, "", f"column {column}", "none")
        for column in REQUIRED
        if column not in header
    ]
    twice = {column for column in header if header.count(column) > 1}
    return problems + [
        Problem(file, 1, "", f"column {column} once", "it again") for column in sorted(twice)
    ]


def _repeated(lines: Iterable[_Line], file: str) -> Iterator[Problem]:
    """Yield a problem for each entry that stands further up and is in force at the same time."""
    seen: dict[tuple[str, ...], list[_Line]] = {}
    for line in lines:
        same = seen.setdefault(line.entry.identity, [])
        for former in same:
            if _overlap(former.entry, line.entry):
                got = f"{shown(line.entry.value)} as on line {former.number}"
                yield Problem(file, line.number, "value", "an entry once at a time", got)
                break
        same.append(line)


def _overlap(left: Entry, right: Entry) -> bool:
    return _begins_before_end(left, right) and _begins_before_end(right, left)


def _begins_before_end(left: Entry, right: Entry) -> bool:
    return left.valid_from is None or right.valid_to is None or left.valid_from < right.valid_to
