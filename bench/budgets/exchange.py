"""What it costs a worker to tell its holds to the others, and to hear theirs."""

from __future__ import annotations

from statistics import median
from time import monotonic, process_time

from bench.budgets.day import hours, part, plan
from scorers.budgets.policy import BudgetPolicy
from streams import clock
from streams.budget_store import StoreLedger
from streams.embedded import EmbeddedStore
from streams.settings import StoreSettings
from streams.store import connect

_TIMES = 300


def exchange_cost() -> tuple[float, float]:
    """Return the milliseconds of an exchange with one other worker: by the clock, and of CPU."""
    with EmbeddedStore() as server:
        store = connect(StoreSettings(url=server.url))
        policies = [BudgetPolicy(plan()) for _ in range(2)]
        ledgers = [StoreLedger(store, name, clock.monotonic) for name in ("one", "two")]
        batch = part(next(hours(10_000)).parcels, 0, 5_000)
        for policy, ledger in zip(policies, ledgers, strict=True):
            policy.select(batch)
            policy.commit()
            policy.hear(ledger.exchange(policy.report()))
        rounds = [_timed(policies[0], ledgers[0]) for _ in range(_TIMES)]
    return median(one for one, _ in rounds) * 1e3, median(two for _, two in rounds) * 1e3


def _timed(policy: BudgetPolicy, ledger: StoreLedger) -> tuple[float, float]:
    started, used = monotonic(), process_time()
    policy.hear(ledger.exchange(policy.report()))
    return monotonic() - started, process_time() - used
