"""A panel in a few words: title, unit, and queries with their legends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders import dashboard, prometheus, timeseries
from grafana_foundation_sdk.models.dashboard import DataSourceRef

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="prometheus")
_WIDTH: Final = 8
_HEIGHT: Final = 7


@dataclass(frozen=True)
class Panel:
    """A time series panel; `queries` are pairs of PromQL and legend."""

    title: str
    unit: str
    queries: Sequence[tuple[str, str]]
    why: str = ""

    def built(self) -> timeseries.Panel:
        """Return it in Grafana's words."""
        made = (
            timeseries.Panel()
            .title(self.title)
            .description(self.why)
            .datasource(SOURCE)
            .unit(self.unit)
            .span(_WIDTH)
            .height(_HEIGHT)
        )
        for number, (query, legend) in enumerate(self.queries):
            made.with_target(
                prometheus.Dataquery().expr(query).legend_format(legend).ref_id(chr(65 + number))
            )
        return made


@dataclass(frozen=True)
class Board:
    """A dashboard: rows of panels by title."""

    uid: str
    title: str
    rows: dict[str, Sequence[Panel]]

    def built(self) -> dashboard.Dashboard:
        """Return it in Grafana's words."""
        made = dashboard.Dashboard(self.title).uid(self.uid).tags(["greenlane"]).refresh("10s")
        made.time("now-30m", "now").timezone("utc").readonly()
        for title, panels in self.rows.items():
            made.with_row(dashboard.Row(title))
            for panel in panels:
                made.with_panel(panel.built())
        return made


def rate(metric: str, by: str = "") -> str:
    """Return the query of a counter's rate per second."""
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (rate({metric}[1m]))"


def quantile(share: float, metric: str, by: str = "") -> str:
    """Return the query of a histogram's quantile."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket[1m])))"


def quantiles(metric: str, by: str = "") -> list[tuple[str, str]]:
    """Return queries of a histogram's median, 95th and 99th percentile."""
    legend = f" {{{{{by}}}}}" if by else ""
    shares = {0.5: "p50", 0.95: "p95", 0.99: "p99"}
    return [(quantile(share, metric, by), name + legend) for share, name in shares.items()]
