"""Latencies count from when a manifest was due."""

from __future__ import annotations

import numpy as np
import pytest

from bench.latency.runs import Plan, quantiles
from bench.latency.sending import due_counts


def test_quantiles_of_a_thousand_latencies_are_latencies_that_occurred() -> None:
    found = quantiles(np.arange(1, 1_001) / 1_000)
    assert found["p50"] == pytest.approx(501.0)
    assert found["p99"] == pytest.approx(991.0)
    assert found["max"] == pytest.approx(1_000.0)


def test_plan_of_a_rate_sends_for_warm_up_and_span() -> None:
    assert Plan(1_000.0, seconds=20.0, warm_up=5.0).count == 25_000


def test_due_counts_of_a_late_sender_has_all_that_was_due_at_once() -> None:
    # A start long ago: nothing is left out to catch up.
    assert list(due_counts(start=0.0, rate=1e9, count=7)) == [7]


def test_due_counts_before_the_start_has_none_due() -> None:
    assert next(due_counts(start=float("inf"), rate=1.0, count=7)) == 0
