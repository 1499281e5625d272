"""What analysts decide and the control tower tells, in force together."""

from __future__ import annotations

from dataclasses import dataclass, field

from scorers.alerts import AlertBook
from scorers.assessment.currencies import CURRENCY
from scorers.assessment.fitting import SOURCES
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.features.declared import TextPart
from scorers.lists.book import ListBook
from scorers.rules.book import RuleBook


def share_plan(hold: float, explore: float) -> BudgetPlan:
    """Return a plan of one budget for all offices: a share of parcels, part of it at random.

    >>> share_plan(0.03, 0.005).default.explore
    0.005
    """
    return BudgetPlan(default=Budget(share=hold, explore=explore))


@dataclass(frozen=True)
class PolicyBook:
    """One state of all that changes from outside. A batch is decided by one book as a whole."""

    plan: BudgetPlan
    rules: RuleBook = field(default_factory=lambda: RuleBook(()))
    lists: ListBook = field(default_factory=ListBook)
    alerts: AlertBook = field(default_factory=AlertBook)

    @property
    def texts(self) -> list[TextPart]:
        """Texts that rules, lists and assessment ask for by their hash."""
        return [
            *self.rules.texts,
            *self.lists.texts,
            *((source, 0) for source in (*SOURCES, CURRENCY)),
        ]
