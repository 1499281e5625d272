"""Runs the latency benchmark: `python -m bench.latency [--rates 1000 5000] [--seconds N]`.

A latency is the time from when a manifest was *due*, by the planned rate, to when a
`read_committed` consumer had its decision. A sender or worker that falls behind therefore makes
latencies longer, never rarer.
"""

from __future__ import annotations

import argparse
from typing import Any

from bench.latency.runs import Plan, run_rate
from bench.results import write_results
from bench.speed.inputs import Recording
from bench.speed.stage import Load, Stage


def main() -> None:
    """Measure each rate, print the quantiles and write them."""
    arguments = _arguments()
    most = int(max(arguments.rates) * (arguments.seconds + arguments.warm_up))
    recording = Recording(most)
    print(f"recording {most:,} manifests ...", flush=True)
    recording.make()
    load = Load(recording)
    lines: list[dict[str, Any]] = []
    for number, rate in enumerate(arguments.rates):
        plan = Plan(rate, arguments.seconds, arguments.warm_up, arguments.batch)
        with Stage(arguments.broker, load) as stage:
            line = run_rate(plan, stage, recording, f"latency-{number}")
        lines.append(line)
        times = ", ".join(f"{name} {line[name]:.1f}" for name in ("p50", "p99", "p99.9", "max"))
        print(f"{rate:,.0f}/s: {times} ms over {line['manifests']:,} manifests", flush=True)
    name = "latency" if arguments.broker == "embedded" else f"latency-{arguments.broker}"
    print(f"written: {write_results(name, {'broker': arguments.broker, 'rates': lines})}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--rates", type=float, nargs="+", default=[1_000.0, 5_000.0, 20_000.0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each rate")
    parser.add_argument("--warm-up", type=float, default=5.0, help="seconds that do not count")
    parser.add_argument("--batch", type=int, default=0, help="worker.batch_size; 0: as set")
    parser.add_argument("--broker", choices=("embedded", "kafka"), default="embedded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
