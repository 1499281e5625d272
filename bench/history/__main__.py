"""What profiles and orders are worth: `python -m bench.history [--seeds N] [--parcels N]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from time import process_time
from typing import Any, Final

from redis import Redis

from bench.history.loop import EXPLORE, HOLD, Loop, Plan
from bench.history.memory import Memory
from bench.history.recalls import Run, markdown
from bench.history.specs import without_history
from bench.results import write_results
from scorers.features.spec import FeatureSpec
from scorers.specs.parcels import SPEC
from streams.embedded import EmbeddedStore

_VARIANTS: Final[dict[str, tuple[FeatureSpec, bool]]] = {
    "without": (without_history(SPEC), False),
    "with": (SPEC, True),
}
"""Features, and whether profiles and orders are kept."""


def main() -> None:
    """Run all, print the table and write the results."""
    arguments = _arguments()
    plan = Plan(arguments.parcels, arguments.a_minute, timedelta(days=arguments.label_days))
    print(f"{plan.parcels:,} parcels over {plan.days:.0f} days a seed, {HOLD:.1%} held,")
    print(
        f"{EXPLORE:.1%} of all at random; a label comes {arguments.label_days:g} days later",
        flush=True,
    )
    runs: dict[str, list[Run]] = {name: [] for name in _VARIANTS}
    with EmbeddedStore() as store, Redis.from_url(store.url) as client:
        for seed in range(1, arguments.seeds + 1):
            for name in _VARIANTS:
                runs[name].append(_run(name, plan, seed, client))
    print(f"\n{markdown(runs['without'], runs['with'])}\n\nwritten: {_write(plan, runs)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.history", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="simulated worlds")
    parser.add_argument("--parcels", type=int, default=100_000, help="parcels of each")
    parser.add_argument("--a-minute", type=float, default=3.0, help="parcels a simulated minute")
    parser.add_argument("--label-days", type=float, default=2.0, help="days from hold to label")
    return parser.parse_args()


def _run(name: str, plan: Plan, seed: int, client: Redis) -> Run:
    spec, remembers = _VARIANTS[name]
    started = process_time()
    client.flushall()
    memory = Memory(client, f"seed-{seed}") if remembers else None
    run = Run.of(Loop(plan, spec, seed, memory).decisions())
    seconds = process_time() - started
    print(f"seed {seed}, {name}: {run.precision:.1%} precise by score, {seconds:.0f} s", flush=True)
    return run


def _write(plan: Plan, runs: dict[str, list[Run]]) -> Any:
    reports: dict[str, Sequence[dict[str, Any]]] = {
        name: [run.report() for run in found] for name, found in runs.items()
    }
    return write_results(
        "history",
        {
            "parcels": plan.parcels,
            "days": plan.days,
            "label_days": plan.delay / timedelta(days=1),
            "hold": HOLD,
            "explore": EXPLORE,
            "spec": SPEC.version,
            "runs": reports,
        },
    )


if __name__ == "__main__":
    main()
