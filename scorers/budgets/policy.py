"""The budget policy: holds what is worth most, within what each office can inspect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from scorers.budgets.account import HourAccount
from scorers.budgets.cuts import TIE_BREAK
from scorers.budgets.exploration import Odds
from scorers.budgets.ledger import Tally
from scorers.budgets.pace import Pace
from scorers.budgets.plan import BudgetPlan
from scorers.budgets.selection import BudgetSelection, Parcels, select_with
from scorers.budgets.shifts import HOUR_SECONDS
from scorers.budgets.spending import Columns, Spender
from scorers.budgets.tallies import heard, told
from scorers.budgets.terms import Terms
from scorers.budgets.utility import blended, expected_loss
from scorers.budgets.windows import NEVER, Flags, ValueWindows
from scorers.features.batch import Floats

WINDOW: Final = 1_024
"""Values of each office that its threshold looks back on: long windows are late when scores shift,
in short ones few values are above a small share."""

_MAX_HOURS: Final = 48
"""Accounts kept: far more hours than a stream is out of order, and an end to bad times."""

_TOLD_HOURS: Final = 2
"""Hours told to other workers: the last two that had parcels."""

_NOTHING_WAITS: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True)
class _Trial:
    """What a batch that is not committed yet would change."""

    accounts: dict[int, HourAccount]
    pace: Pace
    columns: Columns


class BudgetPolicy:
    """Selects batch by batch, so that each hour of event time has the holds of its budget.

    Mandatory holds come first, then the lottery, which does not look at the value; the best of
    the rest fill what is left. A batch counts once it is committed: `select` without `commit`
    leaves no trace, so a batch that is read again is decided from the same state.

    >>> from scorers.budgets.plan import Budget
    >>> policy = BudgetPolicy(BudgetPlan(default=Budget(share=0.1)))
    >>> scores = np.arange(100.0)
    >>> batch = Parcels(scores, np.full(100, 0.5), [""] * 100, np.zeros(100))
    >>> int(policy.select(batch).held.sum())
    9
    """

    def __init__(self, plan: BudgetPlan, window: int = WINDOW) -> None:
        self._terms = Terms(plan)
        self._pace = Pace(len(self._terms.names))
        self._windows = ValueWindows(len(self._terms.names), window)
        self.window = window
        self._accounts: dict[int, HourAccount] = {}
        self._trial: _Trial | None = None
        self._workers = 1

    @property
    def version(self) -> str:
        """Name of the plan in force, as decisions carry it."""
        return self._terms.version

    def select(
        self, parcels: Parcels, waiting: Mapping[str, int] = _NOTHING_WAITS
    ) -> BudgetSelection:
        """Decide a batch; `waiting` is the number of held parcels not inspected, by office.

        Raises `ValueError` when an office ranks by expected loss and `probability` is left out.
        """
        columns, utility = self._columns(parcels)
        self._trial = trial = _Trial({}, self._pace.trial(), columns)
        if not len(parcels):
            return select_with(utility, utility, utility, columns.odds, columns.mandatory)
        spender = Spender(self._terms, trial.pace, self._windows, self._terms.flow(waiting))
        thresholds, odds = np.empty(len(parcels)), columns.odds
        hours = _hours(parcels.times)
        for hour, here in hours.items():
            account = trial.accounts[hour] = self._account(hour, trial)
            thresholds[here], found = spender.spend(account, columns.of(here))
            odds.base[here], odds.uncertain[here] = found
        chosen = select_with(thresholds, utility, parcels.draws, odds, columns.mandatory)
        self._count(trial, hours, chosen.held & ~chosen.mandatory)
        return chosen

    def commit(self) -> None:
        """Make the last batch count: it has been written for good."""
        if self._trial is None:
            return
        trial, self._trial = self._trial, None
        self._pace = trial.pace
        free = ~trial.columns.mandatory
        self._windows.add(trial.columns.pools[free], trial.columns.ranked[free])
        for hour, account in trial.accounts.items():
            self._accounts.pop(hour, None)
            self._accounts[hour] = account  # the newest used is the last
        while len(self._accounts) > _MAX_HOURS:
            del self._accounts[next(iter(self._accounts))]

    def remember(self, recent: Sequence[Parcels]) -> None:
        """Replace the recent values: another model has scored the recent stream anew."""
        self._windows = ValueWindows(len(self._terms.names), self.window)
        for parcels in recent:
            columns, _ = self._columns(parcels)
            free = ~columns.mandatory
            self._windows.add(columns.pools[free], columns.ranked[free])

    def follow(self, plan: BudgetPlan) -> None:
        """Use another plan from the next batch on; what was held so far stays counted."""
        terms, former = Terms(plan), self._terms
        before = {name: number for number, name in enumerate(former.names)}
        rows = np.array([before.get(name, -1) for name in terms.names], dtype=np.intp)
        self._accounts = {h: one.under(terms, h, rows) for h, one in self._accounts.items()}
        self._pace = self._pace.rows(rows)
        windows = ValueWindows(len(terms.names), self.window)
        same = rows >= 0
        # Values of another objective are of another scale.
        same[same] = terms.weight[same] == former.weight[rows[same]]
        windows.copy_rows(self._windows, np.flatnonzero(same), rows[same])
        self._terms, self._windows, self._trial = terms, windows, None

    def report(self) -> dict[int, Tally]:
        """Return what this worker has to tell the others, by hour."""
        newest = list(self._accounts.items())[-_TOLD_HOURS:]
        return {hour: told(self._terms, account) for hour, account in newest}

    def use(self) -> dict[str, float]:
        """Return how much of its budget of the newest hour each pool has used so far, as a ratio.

        Pools that are not allowed a hold yet are left out.
        """
        if not self._accounts:
            return {}
        account = self._accounts[max(self._accounts)]
        allowed = account.entitled
        known = np.flatnonzero(allowed >= 1)
        used = account.all_holds[known] / allowed[known]
        return dict(zip([self._terms.names[row] for row in known], used.tolist(), strict=True))

    def hear(self, tallies: Mapping[int, Sequence[Tally]]) -> None:
        """Take in what the other workers told; hours that are missing stay as they are known."""
        for hour, others in tallies.items():
            if hour in self._accounts:
                heard(self._terms, self._accounts[hour], others)
                self._workers = self._accounts[hour].workers
        self._trial = None

    def _account(self, hour: int, trial: _Trial) -> HourAccount:
        known = self._accounts.get(hour)
        if known is not None:
            return known.trial()
        former = trial.accounts.get(hour - 1, self._accounts.get(hour - 1))
        return HourAccount(self._terms, hour, self._workers, former)

    def _columns(self, parcels: Parcels) -> tuple[Columns, Floats]:
        """Return a batch as the budgets see it, and the values that it is ranked by."""
        terms, pools = self._terms, self._terms.pools_of(parcels.offices)
        weight = terms.weight[pools]
        utility = _utility(parcels, weight) if terms.by_loss else parcels.scores
        trusted = _or(parcels.trusted, len(parcels))
        often = np.where(trusted, terms.trusted_factor, 1.0)
        uncertainty = 0.0 if parcels.uncertainty is None else parcels.uncertainty
        odds = Odds(terms.explore[pools], terms.uncertain[pools] * uncertainty)
        mandatory, exempt = (_or(one, len(parcels)) for one in (parcels.mandatory, parcels.exempt))
        # A share is one of all arrivals, so a threshold must know of those that it cannot hold.
        ranked = np.where(exempt, -NEVER, utility + TIE_BREAK * parcels.draws)
        odds = odds.scaled(often)
        return Columns(pools, ranked, odds, mandatory, exempt, parcels.times), utility

    def _count(self, trial: _Trial, hours: Mapping[int, Flags | slice], held: Flags) -> None:
        for hour, here in hours.items():
            pools = trial.columns.pools[here][held[here]]
            counts = np.bincount(pools, minlength=len(self._terms.names)).astype(np.float64)
            trial.accounts[hour].hold(counts)


def _hours(times: Floats) -> dict[int, Flags | slice]:
    """Return which parcels are of each hour, in the order of the hours."""
    hours = np.floor_divide(times, HOUR_SECONDS).astype(np.int64)
    found = sorted(set(hours.tolist()))
    if len(found) == 1:  # as nearly always: views of the columns are all that is needed
        return {found[0]: slice(None)}
    return {hour: hours == hour for hour in found}


def _or(flags: Flags | None, count: int) -> Flags:
    return np.zeros(count, dtype=np.bool_) if flags is None else flags


def _utility(parcels: Parcels, weight: Floats) -> Floats:
    if parcels.probability is None:
        raise ValueError("probability: expected a column, since an office ranks by loss; got none")
    revenue = np.zeros(len(parcels)) if parcels.revenue is None else parcels.revenue
    severity = np.zeros(len(parcels)) if parcels.severity is None else parcels.severity
    loss = expected_loss(parcels.probability, revenue, severity)
    return blended(parcels.scores, loss, weight)
