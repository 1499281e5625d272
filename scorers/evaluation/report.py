"""Results as one HTML page that needs nothing else: no network, no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from scorers.evaluation.closed_loop import LoopResult
from scorers.evaluation.protocols import Evaluation
from scorers.evaluation.report_charts import (
    Scored,
    budget_chart,
    calibration_chart,
    contribution_chart,
    distribution_chart,
    loop_chart,
)
from scorers.evaluation.report_style import STYLE

Results = Mapping[str, Scored]


def render_report(
    results: Scored | Results, title: str, contributions: Mapping[str, float] | None = None
) -> str:
    """Return the page: charts of what was evaluated, and all figures as tables.

    `results` is one result, or several by the names of their protocols. `contributions` are the
    features' mean absolute ones (`report_features.mean_contributions`).
    """
    named = {_name(results): results} if isinstance(results, Scored) else results
    sections = [*_charts(named, contributions or {}), *_tables(named)]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    body = f"<h1>{escape(title)}</h1><main>{''.join(sections)}</main>"
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _name(result: Scored) -> str:
    return "closed loop" if isinstance(result, LoopResult) else "scores"


def _charts(results: Results, contributions: Mapping[str, float]) -> Iterator[str]:
    if evaluations := _evaluations(results):
        text = "Share of violations among the highest scored; dashed: inspection at random."
        yield _section("Precision over budget", text, budget_chart(evaluations))
    for name, loop in _loops(results).items():
        text = "Only inspected parcels are learnt, each at the end of its day."
        yield _section(f"Precision over time, {name}", text, loop_chart(loop))
    text = "Each dot is a tenth of the parcels; on the dashed line chances are right."
    yield _section("Calibration", text, calibration_chart(results))
    for name, result in results.items():
        text = "Of each kind of parcel, the share that was given such a chance."
        yield _section(f"Chances by outcome, {name}", text, distribution_chart(name, result))
    if contributions:
        text = "Mean absolute contribution to the logit, over the parcels scored."
        yield _section("Largest features", text, contribution_chart(contributions))


def _tables(results: Results) -> Iterator[str]:
    if evaluations := _evaluations(results):
        yield _section("Figures with all labels", "", _table(evaluations))
    if loops := _loops(results):
        yield _section("Figures of the closed loop", "", _table(loops))


def _evaluations(results: Results) -> dict[str, Evaluation]:
    return {name: one for name, one in results.items() if isinstance(one, Evaluation)}


def _loops(results: Results) -> dict[str, LoopResult]:
    return {name: one for name, one in results.items() if isinstance(one, LoopResult)}


def _section(title: str, text: str, content: str) -> str:
    note = f"<p>{escape(text)}</p>" if text else ""
    return f"<section><h2>{escape(title)}</h2>{note}{content}</section>"


def _table(results: Results) -> str:
    """Return a line for each figure and a column for each result."""
    columns = [dict(_flat(result.report())) for result in results.values()]
    names = dict.fromkeys(name for column in columns for name in column)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in results)
    lines = (
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(_figure(column.get(name)))}</td>" for column in columns)
        + "</tr>"
        for name in names
    )
    return f'<div class="wide"><table><tr><th></th>{head}</tr>{"".join(lines)}</table></div>'


def _flat(report: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every figure with its path, in words."""
    for key, value in report.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}, ")
        else:
            yield name, value


def _figure(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else f"{value:,}"
