"""Faults under load on Apache Kafka and Redis, and what an outsider then finds: `make chaos`.

Workers, learner, tower, broker and store are killed, stopped, filled and cut off in a random but
repeatable order. Every manifest must have one committed decision or reject, every label must be
there once, the model must be the fold of the labels, the profiles those of a recomputation, and the
ledger that of the decisions.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.results import write_results
from schemas.codec import encode
from streams.simulator.platforms import PlatformSimulator
from tests.chaos.faults import FAULTS
from tests.chaos.storm import Found, Storm
from tests.integration.stations import DistantRedis
from tests.nasty import NASTY
from tests.servers.kafka import ApacheKafka

_NASTY_SHARE: Final = 0.01
_LARGEST: Final = 100_000


def main() -> None:
    """Run, print one line, and end with status 1 if anything was lost or came twice."""
    options = _options()
    with contextlib.ExitStack() as stack:
        folder = options.logs or stack.enter_context(tempfile.TemporaryDirectory())
        found, tracebacks = run(Path(folder), options)
    print(found)
    print(" ".join(f"{name}={count}" for name, count in sorted(found.faults.items())))
    write_results("chaos", {"seed": options.seed, "found": str(found)})
    if tracebacks or not found.exact:
        raise SystemExit(f"not exact, or tracebacks in {tracebacks}")


def run(folder: Path, options: argparse.Namespace) -> tuple[Found, list[str]]:
    """Run on servers of its own; return what was found, and which logs have tracebacks."""
    with (
        ApacheKafka() as kafka,
        DistantRedis() as redis,
        closing(Storm(kafka, redis, folder, options.seed, options.workers)) as storm,
    ):
        storm.run(mixed(options.seed), options.rate, options.seconds, options.faults)
        return storm.found(), storm.tracebacks()


def mixed(seed: int) -> Iterator[bytes]:
    """Yield simulated manifests without end, and among them records as nobody should send them."""
    rng = random.Random(seed)
    simulator = PlatformSimulator(seed=seed, start=datetime(2026, 11, 1, tzinfo=UTC))
    nasty = itertools.cycle([one.value or b"" for one in NASTY if len(one.value or b"") < _LARGEST])
    while True:
        yield next(nasty) if rng.random() < _NASTY_SHARE else encode(simulator.next().manifest)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=1_500, help="manifests a second")
    parser.add_argument("--workers", type=int, default=2, choices=range(1, 9))
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--logs", type=Path, help="a folder that keeps the processes' logs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
