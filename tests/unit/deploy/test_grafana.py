"""Dashboards: as the code says, of declared metrics, and every metric is shown or watched."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.dashboards.__main__ import rendered
from deploy.dashboards.boards import BOARDS
from streams.metrics import DECLARED
from tests.unit.deploy.series import named, undeclared

QUERIES = [
    query
    for board in BOARDS.values()
    for panels in board.rows.values()
    for panel in panels
    for query, _ in panel.queries
]


@pytest.mark.parametrize(("path", "text"), rendered().items(), ids=[*BOARDS])
def test_dashboard_in_the_repository_is_what_the_code_makes(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "run `python -m deploy.dashboards`"


@pytest.mark.parametrize("query", QUERIES)
def test_panel_uses_declared_metrics_only(query: str) -> None:
    assert not undeclared(query)


def test_every_metric_is_on_a_dashboard() -> None:
    shown = {name for query in QUERIES for name in named(query)}
    hidden = {one.name for one in DECLARED.values() if not shown & set(one.names)}
    assert hidden <= {"greenlane_profiles_up"}
