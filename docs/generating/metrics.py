"""The page of metrics."""

from __future__ import annotations

from prometheus_client.metrics import MetricWrapperBase

from docs.generating.markdown import code, page, table
from streams import metrics

_LEAD = """\
Workers, learner and tower serve them on `http://HOST:PORT/metrics` where `metrics.port` is set.
Prometheus adds `_total` to the names of counters."""


def metrics_page() -> str:
    """Return the page."""
    declared = [one for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)]
    head = ["metric", "kind", "labels", "meaning"]
    return page("Metrics", _LEAD, table(head, map(_row, declared)))


def _row(metric: MetricWrapperBase) -> list[str]:
    (described,) = metric.describe()
    suffix = "_total" if described.type == "counter" else ""
    labels = ", ".join(map(code, metric._labelnames))
    return [code(described.name + suffix), described.type, labels, described.documentation]
