"""Mutate records: `python -m bench.fuzz --seconds 60`.

The scanner must give what the codec gives, of any bytes. The worker's handler, with profiles in a
store, must answer each record with a decision, or a reject that says why, and never fail.

With `--records` they go through a worker and a learner on a broker: an outsider counts that each
has its one answer, the processes must stay the same, and their logs without a traceback.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from time import monotonic

from bench.fuzz.processes import Trial
from bench.speed.recording import recorded_manifests
from streams.embedded import EmbeddedBroker, EmbeddedStore
from tests.handled import Handled
from tests.hostile import corpus, mutated
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.unit.scorers.scanning.test_reading import assert_as_decoded

_SETTINGS = {
    "kafka__session_timeout_ms": "45000",
    # Much is done only for what is held.
    "policy__hold_share": "0.5",
    "policy__explore_share": "0.4",
}
_RECORDED = 200
_BATCH = 200


def main() -> None:
    """Fuzz for some seconds, half of them each."""
    options = _options()
    if options.records:
        _fuzz_processes(options)
        return
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


def _fuzz_processes(options: argparse.Namespace) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        {"embedded": EmbeddedBroker, "kafka": ApacheKafka}[options.broker]() as broker,
        EmbeddedStore() as store,
    ):
        path = options.logs or Path(folder)
        pipeline = Pipeline(broker, store, path, **_SETTINGS)
        try:
            trial = Trial(pipeline, path, options.seed)
            trial.run(options.records)
        finally:
            pipeline.stop()
        answers, wrong, tracebacks = trial.answers, trial.answers.wrong(), trial.tracebacks()
    kinds = " ".join(f"{kind}={count}" for kind, count in sorted(answers.kinds.items()))
    print(f"records={answers.sent} {kinds} wrong={len(wrong)} tracebacks={len(tracebacks)}")
    if wrong or tracebacks:
        raise SystemExit(f"{wrong[:10]}, tracebacks in {tracebacks}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--largest", type=int, default=5_000, help="bytes of a record to mutate")
    parser.add_argument("--only", choices=["scanner", "handler"])
    parser.add_argument("--records", type=int, default=0, help="so many through real processes")
    parser.add_argument("--broker", choices=["embedded", "kafka"], default="embedded")
    parser.add_argument("--logs", type=Path, help="a folder that keeps the processes' logs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
