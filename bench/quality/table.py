"""The outcomes as a table of Markdown, aligned so that it reads well on a terminal too."""

from __future__ import annotations

from collections.abc import Sequence

from bench.quality.runs import RECENT, Outcome, spread
from scorers.evaluation.protocols import Evaluation

_HEAD = (
    "model",
    "frozen 5 % / 10 %",
    "prequential 5 % / 10 %",
    "closed loop, last 91 days",
    "closed loop, all days",
    "ECE frozen / loop",
    "seconds",
)


def markdown(outcomes: Sequence[Outcome]) -> str:
    """Return the table: precisions, calibration error, and seconds of the three protocols."""
    rows = [_HEAD, *map(_row, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"


def _row(outcome: Outcome) -> tuple[str, ...]:
    name = outcome.contestant.name
    if outcome.frozen is None or outcome.prequential is None:
        return (name, "not installed", *[""] * (len(_HEAD) - 2))
    loops = outcome.loops
    evaluations = (outcome.frozen, outcome.prequential)
    seconds = [one.seconds for one in evaluations] + [loop.seconds for loop in loops[:1]]
    errors = [outcome.frozen.report()["ece"]] + [loop.report()["ece"] for loop in loops[:1]]
    return (
        name,
        *map(_precisions, evaluations),
        _spread(outcome.precisions(RECENT)),
        _spread(outcome.precisions("overall")),
        " / ".join(f"{error:.3f}" for error in errors),
        " / ".join(f"{value:.1f}" if value < 10 else f"{value:.0f}" for value in seconds),
    )


def _precisions(evaluation: Evaluation) -> str:
    found = evaluation.report()["precision_at"]
    return f"{found['0.05']:.3f} / {found['0.10']:.3f}"


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "not run"
    found = spread(values)
    return f"{found['mean']:.3f}" + (f" ± {found['sd']:.3f}" if found["sd"] is not None else "")
