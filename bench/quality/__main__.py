"""Compares Greenlane with other learners: `python -m bench.quality --train A.csv --test B.csv`."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic
from typing import Final

from bench.quality.cases import read_cases
from bench.quality.contestants import CONTESTANTS
from bench.quality.page import write_page
from bench.quality.runs import Outcome, Plan, run
from bench.quality.table import markdown
from bench.results import write_results
from scorers.specs import spec_named
from streams.sources.adapters import ADAPTERS, adapter_named

_PACKAGES: Final = ("lightgbm", "xgboost", "river", "numpy")


def main() -> None:
    """Run every learner, print the table, and write the results."""
    arguments = _arguments()
    adapter = adapter_named(arguments.adapter)
    train, test = (read_cases(adapter, path) for path in (arguments.train, arguments.test))
    plan = Plan(
        spec_named(adapter.spec),
        train,
        test,
        seeds=1 if arguments.quick else arguments.seeds,
        quick=arguments.quick,
    )
    print(f"{len(train):,} cases to train on, {len(test):,} to test on", flush=True)
    outcomes = []
    for contestant in CONTESTANTS:
        started = monotonic()
        outcomes.append(run(contestant, plan))
        print(f"{contestant.name}: {monotonic() - started:.0f} s", flush=True)
    table = markdown(outcomes)
    print(f"\n{table}\n\nwritten: {_write(plan, outcomes)}")
    if arguments.page:
        write_page(arguments.page, plan, outcomes[0])
        print(f"written: {arguments.page}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--train", type=Path, required=True, help="recorded cases, the earlier")
    parser.add_argument("--test", type=Path, required=True, help="recorded cases, the later")
    parser.add_argument("--adapter", default="customs-declarations", choices=sorted(ADAPTERS))
    parser.add_argument("--seeds", type=int, default=3, help="seeds of the random inspections")
    parser.add_argument("--quick", action="store_true", help="one seed, no slow closed loops")
    parser.add_argument("--page", type=Path, help="write a page about Greenlane's run as HTML")
    return parser.parse_args()


def _write(plan: Plan, outcomes: list[Outcome]) -> Path:
    results = {
        "learners": {name: _version(name) for name in _PACKAGES},
        "cases": {"train": len(plan.train), "test": len(plan.test)},
        "spec": plan.spec.version,
        "quick": plan.quick,
        "outcomes": [outcome.report() for outcome in outcomes],
    }
    return write_results("quality-quick" if plan.quick else "quality", results)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main()
