"""The command `greenlane replay`: decisions on the topics, made again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scorers.budgets.plan import BudgetPlan
from scorers.lottery import Lottery
from streams.budget_file import read_plan
from streams.kafka.reaching import require_broker
from streams.replay.again import Chosen, Difference, by_plan, differences, draws_of
from streams.replay.figures import Found, PolicyFigures, figures_of, found_in
from streams.replay.reading import History, Period, read_history
from streams.settings import Settings, load_settings


@dataclass(frozen=True)
class Comparison:
    """What the policy in force did, and what another plan would have done."""

    found: Found
    in_force: PolicyFigures
    other: PolicyFigures


@dataclass(frozen=True)
class Replay:
    """Decisions of a period made again; `unreadable` records were passed over."""

    decisions: int
    first: datetime | None
    last: datetime | None
    unreadable: int
    differences: list[Difference]
    comparison: Comparison | None = None


def replay(budgets: Path | None, period: Period) -> Replay:
    """Make the decisions on the topics again, and by another plan if a file has one.

    Raises `BudgetError` for a file that cannot be used.
    """
    plan = None if budgets is None else read_plan(budgets)
    settings = load_settings()
    require_broker(settings.kafka)
    return replayed(read_history(settings, period), plan, settings)


def replayed(history: History, plan: BudgetPlan | None, settings: Settings) -> Replay:
    """Make decisions again, from their records and, if there is another plan, by that one."""
    columns = history.decisions
    if not len(columns):
        return Replay(0, None, None, history.unreadable, [])
    draws = draws_of(columns, Lottery(settings.policy.lottery_key.get_secret_value().encode()))
    comparison = None
    if plan is not None:
        in_force = Chosen(columns.held, columns.propensity)
        other = by_plan(columns, draws, plan, settings.policy.window)
        comparison = Comparison(
            found_in(columns),
            figures_of(columns, in_force, tuple(dict.fromkeys(columns.versions))),
            figures_of(columns, other, (plan.version,)),
        )
    first, last = (datetime.fromtimestamp(columns.times[end], UTC) for end in (0, -1))
    different = differences(columns, draws)
    return Replay(len(columns), first, last, history.unreadable, different, comparison)
