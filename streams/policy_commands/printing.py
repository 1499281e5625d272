"""What commands print: lines and tables for people, or one JSON object for scripts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

_UNWRAPPED: Final = 10_000
"""Columns of what goes to a file or another program: a row is a line."""


@dataclass(frozen=True)
class Table:
    """Rows under their columns; numbers stand to the right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Report:
    """What a command has to say: `parts` for people, `value` for scripts."""

    parts: Sequence[str | Table]
    value: Any
    failed: bool = False


def show(report: Report, as_json: bool) -> None:
    """Print a report; exit with 1 if it tells of a failure."""
    if as_json:
        typer.echo(msgspec.json.encode(report.value, enc_hook=str).decode())
    else:
        console = Console(width=None if sys.stdout.isatty() else _UNWRAPPED)
        for part in report.parts:
            if isinstance(part, Table):
                console.print(_drawn(part))
            else:
                console.print(Text(part))
    if report.failed:
        raise typer.Exit(1)


def refusal(problems: Sequence[object], value: Any) -> Report:
    """Return a report of problems, a line each."""
    return Report([str(problem) for problem in problems], {"problems": value}, failed=True)


def _drawn(table: Table) -> RichTable:
    drawn = RichTable(box=None, header_style="bold", pad_edge=False)
    for place, name in enumerate(table.columns):
        numeric = bool(table.rows) and isinstance(table.rows[0][place], (int, float))
        drawn.add_column(name, justify="right" if numeric else "left")
    for row in table.rows:
        drawn.add_row(*(Text(_cell(value)) for value in row))
    return drawn


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
