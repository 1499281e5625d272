"""What the charts of a report show, computed from results."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from scorers.evaluation.closed_loop import Arm, LoopResult
from scorers.evaluation.measures import precision_at
from scorers.evaluation.protocols import Evaluation
from scorers.evaluation.report_svg import (
    SHARE,
    Axis,
    Point,
    column_chart,
    line_chart,
    row_chart,
)

Scored = Evaluation | LoopResult

_BUDGETS: Final = range(1, 21)  # per cent
_RISK_DAYS: Final = 7
_EXPLORATION_DAYS: Final = 28
"""Few parcels are drawn at random: a week of them would show noise."""

_BINS: Final = 10
_COLUMNS: Final = 20
_MOST_FEATURES: Final = 20
_MOST_MONTHS: Final = 8
_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2)
_MOST_STEPS: Final = 5


def budget_chart(evaluations: Mapping[str, Evaluation]) -> str:
    """Return the precision over the share that is inspected; dashed is inspection at random."""
    series = {
        name: [(float(b), precision_at(one.scores.logits, one.labels, b / 100)) for b in _BUDGETS]
        for name, one in evaluations.items()
    }
    base = float(np.mean([one.labels.mean() for one in evaluations.values()]))
    x = Axis("share inspected (%)", 1, 20, (1, 5, 10, 15, 20))
    y = replace(SHARE, title="precision")
    return line_chart("precision over budget", series, (x, y), [(1, base), (20, base)])


def loop_chart(loop: LoopResult) -> str:
    """Return the precision of both arms over time."""
    series = {
        f"by score, {_RISK_DAYS} days each": _over_time(loop.risk, _RISK_DAYS),
        f"at random, {_EXPLORATION_DAYS} days each": _over_time(
            loop.exploration, _EXPLORATION_DAYS
        ),
    }
    y = replace(SHARE, title="precision")
    return line_chart("precision over time", series, (_dates(loop.risk.days), y))


def calibration_chart(results: Mapping[str, Scored]) -> str:
    """Return the share of violations found over the chance stated, in bins of equal size."""
    series = {name: _bins_of(one) for name, one in results.items()}
    x = replace(SHARE, title="chance stated (mean of the bin)")
    y = replace(SHARE, title="violations found")
    return line_chart("calibration", series, (x, y), [(0.0, 0.0), (1.0, 1.0)])


def distribution_chart(name: str, result: Scored) -> str:
    """Return how the stated chances of violations and of good parcels are distributed."""
    chances, labels = result.scores.chances, result.labels
    edges = np.linspace(0.0, 1.0, _COLUMNS + 1)
    series = {
        title: (np.histogram(chances[labels == label], edges)[0] / max((labels == label).sum(), 1))
        for title, label in (("compliant", 0.0), ("violation", 1.0))
    }
    shares = {title: values.tolist() for title, values in series.items()}
    highest = max(max(values) for values in shares.values())
    x = replace(SHARE, title="chance stated", text="{:.2g}".format)
    return column_chart(f"distribution of chances, {name}", shares, (x, _up_to(highest)))


def contribution_chart(contributions: Mapping[str, float]) -> str:
    """Return the features that move scores most."""
    largest = sorted(contributions.items(), key=lambda item: -item[1])[:_MOST_FEATURES]
    return row_chart("mean absolute contribution to the logit", dict(largest))


def _over_time(arm: Arm, days: int) -> list[Point]:
    """Return middle and precision of each span of `days` in which anything was inspected."""
    ordinals = np.array([day.toordinal() for day in arm.days])
    spans = (ordinals - ordinals[0]) // days
    inspected = np.bincount(spans, arm.inspected)
    violations = np.bincount(spans, arm.violations)
    return [
        (float(ordinals[0] + span * days + (days - 1) / 2), violations[span] / inspected[span])
        for span in np.flatnonzero(inspected).tolist()
    ]


def _dates(days: Sequence[date]) -> Axis:
    """Return an axis with ticks at the beginnings of months, not too many."""
    low, high = days[0].toordinal(), days[-1].toordinal()
    ordinals = range(low, high + 1)
    firsts = [float(o) for o in ordinals if date.fromordinal(o).day == 1] or [float(low)]
    ticks = firsts[:: len(firsts) // _MOST_MONTHS + 1]
    # Spans reach beyond the last day; a day alone still needs a width.
    return Axis("", low, high + _EXPLORATION_DAYS / 2, ticks, _day)


def _day(ordinal: float) -> str:
    return date.fromordinal(int(ordinal)).isoformat()


def _up_to(highest: float) -> Axis:
    """Return an axis of shares from zero to a round number above `highest`."""
    step = next(step for step in _STEPS if highest <= step * _MOST_STEPS)
    ticks = [step * number for number in range(math.ceil(highest / step) + 1)]
    return Axis("share of the parcels", 0.0, max(ticks[-1], step), ticks)


def _bins_of(result: Scored) -> list[Point]:
    chances, labels = result.scores.chances, result.labels
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, _BINS) if len(part)]
    return [(float(chances[part].mean()), float(labels[part].mean())) for part in parts]
