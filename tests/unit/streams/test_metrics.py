"""Metrics: all declared, none without bound, and batches counted as single values are."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY, CollectorRegistry, Histogram

from streams import metrics
from streams.metric_kinds import DECLARED, OTHER, BatchHistogram, Labelled, counter
from tests.factories import PROPERTY

ROOT = Path(__file__).parents[3]
MOST_SERIES = 3_000
"""Of a process: a few hundred in fact, so many if all labels have all values."""


def test_series_of_all_metrics_together_are_bounded() -> None:
    assert sum(one.most_series for one in DECLARED.values()) < MOST_SERIES


def test_label_with_more_values_than_its_bound_counts_the_rest_as_other() -> None:
    made: list[tuple[str, ...]] = []
    labelled = Labelled(lambda *values: made.append(values), {"office": 2, "arm": ("risk",)})
    for office in ("a", "b", "c", "a"):
        labelled.labels(office, "risk")
    labelled.labels("b", "surprise")
    assert made == [("a", "risk"), ("b", "risk"), (OTHER, "risk"), ("a", "risk"), ("b", OTHER)]


def test_second_declaration_of_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="greenlane_manifests_total: expected one declaration"):
        counter("greenlane_manifests_total", "Again.")


def test_every_metric_exported_is_declared() -> None:
    metrics.BUDGET.set(0.03)
    exported = {
        sample.name
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name.startswith("greenlane_") and not sample.name.endswith("_created")
    }
    assert exported <= {name for one in DECLARED.values() for name in one.names}
    assert "greenlane_budget_share" in exported


def test_only_the_registry_makes_metrics() -> None:
    # One makes them; two pass them on, at a port and in a file.
    allowed = {"metric_kinds.py", "monitoring.py", "telling.py"}
    for path in sorted((ROOT / "streams").rglob("*.py")):
        imported = {
            node.module
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        }
        assert path.name in allowed or "prometheus_client" not in imported, path


@PROPERTY
@given(
    st.lists(st.lists(st.floats(0, 10) | st.sampled_from([1.0, 2.0, 5.0]), max_size=20), max_size=5)
)
def test_histogram_of_batches_is_that_of_single_values(batches: list[list[float]]) -> None:
    bounds = (1.0, 2.0, 5.0)
    single = Histogram("demo", "Demonstration.", buckets=bounds, registry=CollectorRegistry())
    batched = BatchHistogram("demo", "Demonstration.", bounds)
    for batch in batches:
        batched.observe_many(np.array(batch, dtype=np.float64))
        for value in batch:
            single.observe(value)
    assert _values(batched) == pytest.approx(_values(single))


def _values(one: BatchHistogram | Histogram) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in one.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
