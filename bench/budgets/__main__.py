"""Runs the benchmark of budgets: `python -m bench.budgets [--parcels N] [--rounds N]`."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from statistics import median
from time import process_time
from typing import Any

from bench.budgets.day import Hour, hours, part, plan
from bench.budgets.exchange import exchange_cost
from bench.budgets.runs import BATCH, day
from bench.budgets.table import line_of, report, show, sliding
from bench.results import machine, write_results
from scorers.budgets.policy import BudgetPolicy

_CASES: dict[str, tuple[int, Collection[int]]] = {
    "one worker": (1, ()),
    "two workers": (2, ()),
    "two workers, the store away from 12:00 to 14:00": (2, (12, 13)),
}


def main() -> None:
    """Print a table of each case and the cost of a parcel, and write them."""
    parser = argparse.ArgumentParser(prog="python -m bench.budgets", description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000, help="parcels in a usual hour")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the timing")
    arguments = parser.parse_args()
    print("gaps between holds and budget: all offices, then the lowest and the highest of those")
    print("with 100 holds an hour or more; small: the largest of all others, in sqrt(budget)")
    cases = {name: _case(name, arguments.parcels, *case) for name, case in _CASES.items()}
    cost = _cost(arguments.parcels, arguments.rounds)
    print(f"\n{cost:.2f} us a parcel, {BATCH:,} a batch, on one of {machine()['cores']} cores")
    clock, cpu = exchange_cost()
    print(f"an exchange with another worker, embedded store: {clock:.2f} ms, {cpu:.2f} ms of CPU")
    figures = {"cases": cases, "microseconds": cost, "exchange_milliseconds": [clock, cpu]}
    path = write_results("budgets", figures)
    print(f"written: {path}")


def _case(name: str, parcels: int, workers: int, silent: Collection[int]) -> dict[str, Any]:
    results = list(day(parcels, workers, silent))
    lines = [line_of(result) for result in results]
    low, high, beyond = sliding(results)
    print(f"\n{name}\n{show(lines)}")
    print(f"any hour that begins at a full minute: {low:+.1%} to {high:+.1%},", end=" ")
    print(f"{beyond:.2%} of them by more than 5 %", flush=True)
    return {"hours": report(lines), "any_hour": [low, high], "beyond": beyond}


def _cost(parcels: int, rounds: int) -> float:
    """Return the CPU time to select and commit a parcel, the median of several rounds."""
    morning = [hour for hour, _ in zip(hours(parcels), range(4), strict=False)]
    policy = BudgetPolicy(plan())
    _screen(policy, morning[0])
    return median(_timed(policy, morning[1 + number % 3]) for number in range(rounds))


def _timed(policy: BudgetPolicy, hour: Hour) -> float:
    started = process_time()
    _screen(policy, hour)
    return (process_time() - started) / len(hour.parcels) * 1e6


def _screen(policy: BudgetPolicy, hour: Hour) -> None:
    for start in range(0, len(hour.parcels), BATCH):
        policy.select(part(hour.parcels, start, start + BATCH))
        policy.commit()


if __name__ == "__main__":
    main()
