"""Mutate records: `python -m bench.fuzz --seconds 60`.

The scanner must give what the codec gives, of any bytes. The worker's handler, with profiles in a
store, must answer each record with a decision, or a reject that says why, and never fail.
"""

from __future__ import annotations

import argparse
import random
from time import monotonic

from bench.speed.recording import recorded_manifests
from streams.embedded import EmbeddedStore
from tests.handled import Handled
from tests.hostile import corpus, mutated
from tests.unit.scorers.scanning.test_reading import assert_as_decoded

_RECORDED = 200
_BATCH = 200


def main() -> None:
    """Fuzz for some seconds, half of them each."""
    options = _options()
    values = [value for value in corpus() if len(value) < options.largest]
    values += recorded_manifests(_RECORDED)
    rng = random.Random(options.seed)
    if options.only != "handler":
        print(f"scanner: {_fuzz_scanner(rng, values, options.seconds / 2):,} records as decoded")
    if options.only != "scanner":
        with EmbeddedStore() as store:
            handled = Handled(store.url)
            deadline = monotonic() + options.seconds / 2
            while monotonic() < deadline:
                handled.answer([mutated(rng, values) for _ in range(_BATCH)])
        print(f"handler: {handled.decided:,} decisions, {handled.rejected:,} rejects with a reason")


def _fuzz_scanner(rng: random.Random, values: list[bytes], seconds: float) -> int:
    deadline, count = monotonic() + seconds, 0
    while monotonic() < deadline:
        batch = [mutated(rng, values) for _ in range(rng.randint(1, 4))]
        try:
            assert_as_decoded(batch)
        except AssertionError:
            print(batch)
            raise
        count += len(batch)
    return count


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--largest", type=int, default=5_000, help="bytes of a record to mutate")
    parser.add_argument("--only", choices=["scanner", "handler"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
