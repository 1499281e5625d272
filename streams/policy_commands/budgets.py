"""The command that checks budget plans."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scorers.budgets.loading import BudgetError
from scorers.budgets.plan import Budget, BudgetPlan
from streams.budget_file import read_plan
from streams.policy_commands.printing import Report, Table, refusal

_COLUMNS: Final = (
    "office", "share", "per hour", "explore", "uncertain", "objective", "queue", "works",
)  # fmt: skip


def check(path: Path) -> Report:
    """Say what is wrong with a budget plan, or what it says."""
    try:
        plan = read_plan(path)
    except BudgetError as error:
        return refusal(error.problems, list(error.problems))
    rows = [_row("all others", plan.default)]
    rows += [_row(office, budget) for office, budget in sorted(plan.offices.items())]
    return Report(
        [Table(_COLUMNS, rows), *_lane(plan), f"version {plan.version}"],
        {"version": plan.version, "plan": plan.model_dump(mode="json")},
    )


def _row(office: str, budget: Budget) -> tuple[str, ...]:
    weight = f" ({budget.revenue_weight:g} revenue)" if budget.revenue_weight else ""
    return (
        office,
        "" if budget.share is None else f"{budget.share:.2%}",
        "" if budget.per_hour is None else f"{budget.per_hour:g}",
        f"{budget.explore:.2%}",
        f"{budget.uncertain:.2%}",
        f"{budget.objective}{weight}",
        "" if budget.queue is None else str(budget.queue),
        _hours(budget),
    )


def _hours(budget: Budget) -> str:
    shifts = [f"{' '.join(one.days)} {one.start:%H:%M}-{one.end:%H:%M}" for one in budget.shifts]
    return f"{'; '.join(shifts)} {budget.time_zone}" if shifts else "always"


def _lane(plan: BudgetPlan) -> list[str]:
    lane = plan.trusted
    if not lane.members:
        return []
    return [
        f"{len(lane.members)} members of the trusted lane, drawn at random "
        f"{lane.explore_factor:g} times as often as others once their record is clean "
        f"({lane.least_inspected} inspections, at most {lane.most_violations:.1%} violations)"
    ]
