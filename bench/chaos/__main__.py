"""Faults under load on Apache Kafka and Redis, and what an outsider then finds: `make chaos`.

Workers, learner, tower, broker and store are killed, stopped, filled and cut off, and clocks jump,
in a random but repeatable order. Every manifest must have one committed decision or reject, every
label must be there once, the model must be the fold of the labels, the profiles those of a
recomputation, and the ledger that of the decisions.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.results import write_results
from bench.servers import warm
from schemas.codec import encode
from streams.simulator.platforms import PlatformSimulator
from tests.chaos.clocks import WallClocks
from tests.chaos.faults import FAULTS
from tests.chaos.findings import Found
from tests.chaos.plan import Plan
from tests.chaos.storm import Storm
from tests.nasty import NASTY
from tests.servers.distant import DistantKafka, DistantRedis

_NASTY_SHARE: Final = 0.01
_LARGEST: Final = 100_000


def main() -> None:
    """Run, print a line a run and one for all, and end with status 1 if anything is not exact."""
    options = _options()
    warm()
    lines, total = [], None
    for seed in range(options.seed, options.seed + options.runs):
        found = _run(options, seed)
        lines.append(f"seed={seed} {found}")
        total = found if total is None else total + found
        print(f"{datetime.now(UTC):%H:%M:%S} {lines[-1]}", flush=True)
        write_results("chaos", {"runs": lines, "total": str(total), "faults": total.faults})
    print(f"total {total}")
    if total is not None:
        print(" ".join(f"{name}={count}" for name, count in sorted(total.faults.items())))


def _run(options: argparse.Namespace, seed: int) -> Found:
    """Run with one seed; leave the program if not all is as it should be."""
    with contextlib.ExitStack() as stack:
        parent = options.logs or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = parent / f"seed-{seed}"
        folder.mkdir(parents=True, exist_ok=True)
        found, tracebacks = run(folder, options, seed)
    if tracebacks or not found.exact:
        raise SystemExit(f"seed={seed} {found}: not exact, or tracebacks in {tracebacks}")
    return found


def run(folder: Path, options: argparse.Namespace, seed: int) -> tuple[Found, list[str]]:
    """Run on servers of its own; return what was found, and which logs have tracebacks."""
    names = ("seconds", "manifests", "rate", "backlog", "workers", "batch", "calm", "faults")
    plan = Plan(seed, **{name: getattr(options, name) for name in names})
    with (
        DistantKafka() as kafka,
        DistantRedis() as redis,
        closing(Storm(kafka, redis, WallClocks(folder), folder, plan)) as storm,
    ):
        exact = False
        try:
            storm.run(mixed(seed))
            found = storm.found()
            exact = found.exact
        finally:
            if options.logs and not exact:
                shutil.copytree(kafka.directory, folder / "broker", dirs_exist_ok=True)
        return found, storm.tracebacks()


def mixed(seed: int) -> Iterator[bytes]:
    """Yield simulated manifests without end, and among them records as nobody should send them."""
    rng = random.Random(seed)
    simulator = PlatformSimulator(seed=seed, start=datetime(2026, 11, 1, tzinfo=UTC))
    nasty = itertools.cycle([one.value or b"" for one in NASTY if len(one.value or b"") < _LARGEST])
    while True:
        yield next(nasty) if rng.random() < _NASTY_SHARE else encode(simulator.next().manifest)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="of each run")
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--runs", type=int, default=1, help="one after the other, each a new seed")
    parser.add_argument("--manifests", type=int, default=0, help="least of each run")
    parser.add_argument("--rate", type=int, default=Plan.rate, help="manifests a second")
    parser.add_argument("--backlog", type=int, default=Plan.backlog, help="most that wait")
    parser.add_argument("--batch", type=int, default=Plan.batch, help="most records a worker takes")
    parser.add_argument("--calm", type=float, default=Plan.calm, help="seconds between faults")
    parser.add_argument("--workers", type=int, default=Plan.workers, choices=range(1, 9))
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=Plan.faults)
    parser.add_argument(
        "--logs",
        type=Path,
        help="a folder that keeps the logs, and the broker's files of a run that is not exact",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
