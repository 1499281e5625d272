"""Tallies from an account and into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.budgets.account import HourAccount
from scorers.budgets.ledger import PoolTally, Tally
from scorers.budgets.terms import Terms

_AT_WORK_SECONDS: Final = 120.0
"""A worker that is this far behind the newest one in event time has stopped, or has nothing."""

_NONE: Final = PoolTally(0.0, 0.0, 0.0)


def told(terms: Terms, account: HourAccount) -> Tally:
    """Return what a worker tells of its account."""
    totals = (account.arrivals.tolist(), account.holds.tolist(), account.forfeited.tolist())
    pools = dict(zip(terms.names, map(PoolTally, *totals), strict=True))
    return Tally(account.seen, terms.version, pools)


def heard(terms: Terms, account: HourAccount, others: Sequence[Tally]) -> None:
    """Put what all other workers have told of an hour into its account."""
    arrivals, holds = np.zeros(len(terms.names)), np.zeros(len(terms.names))
    forfeited = account.forfeited
    newest = max((other.seen for other in others), default=account.seen)
    newest = max(newest, account.seen)
    for other in others:
        lines = [other.pools.get(name, _NONE) for name in terms.names]
        arrivals += [line.arrivals for line in lines]
        holds += [line.holds for line in lines]
        if other.plan == terms.version:
            forfeited = np.maximum(forfeited, [line.forfeited for line in lines])
    account.forfeited = forfeited
    at_work = 1 + sum(other.seen > newest - _AT_WORK_SECONDS for other in others)
    account.hear(arrivals, holds, newest, at_work)
