"""The page of metrics."""

from __future__ import annotations

from docs.generating.markdown import code, page, table
from streams.metric_kinds import Bound, Declaration
from streams.metrics import DECLARED

_LEAD = """\
Workers, learner and tower serve them on `http://HOST:PORT/metrics` where `metrics.port` is set.
Labels have the values given, or at most so many, and `other` beyond."""


def metrics_page() -> str:
    """Return the page."""
    head = ["metric", "kind", "unit", "labels", "meaning"]
    return page("Metrics", _LEAD, table(head, map(_row, DECLARED.values())))


def _row(metric: Declaration) -> list[str]:
    labels = "; ".join(f"{code(name)}: {_bound(one)}" for name, one in metric.labels.items())
    return [code(metric.name), metric.kind, metric.unit, labels, metric.meaning]


def _bound(bound: Bound) -> str:
    return f"at most {bound}" if isinstance(bound, int) else ", ".join(map(code, bound))
