"""Batches for tests of budgets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.policy import BudgetPolicy
from scorers.budgets.selection import BudgetSelection, Parcels

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
"""A Monday."""

HOUR = int(NOON) // 3_600


def make_policy(
    default: Budget | None = None, window: int = 1_024, **offices: Budget
) -> BudgetPolicy:
    """Return a policy with 5 % by default and budgets of some offices."""
    plan = BudgetPlan(default=default or Budget(share=0.05), offices=offices)
    return BudgetPolicy(plan, window)


def make_parcels(
    count: int, seed: int = 0, start: float = NOON, seconds: float = 0.0, **columns: Any
) -> Parcels:
    """Return parcels with scores around -3 that come evenly within `seconds`, with `columns`."""
    rng = np.random.default_rng(seed)
    made: dict[str, Any] = {
        "scores": rng.normal(-3.0, 1.0, count),
        "draws": rng.random(count),
        "offices": [""] * count,
        "times": start + seconds * np.arange(count) / max(count, 1),
        **columns,
    }
    return Parcels(**made)


def part(parcels: Parcels, start: int, stop: int) -> Parcels:
    """Return some parcels in a row."""
    return Parcels(
        **{
            name: None if column is None else column[start:stop]
            for name, column in vars(parcels).items()
        }
    )


def run(policy: BudgetPolicy, parcels: Parcels, size: int = 100) -> list[BudgetSelection]:
    """Decide and commit parcels in batches."""
    chosen = []
    for start in range(0, len(parcels), size):
        chosen.append(policy.select(part(parcels, start, start + size)))
        policy.commit()
    return chosen


def held(chosen: Sequence[BudgetSelection]) -> np.ndarray:
    """Return the masks of what is held as one."""
    return np.concatenate([one.held for one in chosen])
