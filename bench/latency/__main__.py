"""Runs the latency benchmark: `python -m bench.latency [--rates 1000 5000] [--seconds N]`.

A latency is the time from when a manifest was *due*, by the planned rate, to when a
`read_committed` consumer had its decision. A sender or worker that falls behind therefore makes
latencies longer, never rarer. The limit passes manifests on and does nothing else: what it takes is
the client's and the broker's.
"""

from __future__ import annotations

import argparse
import itertools
from typing import Any, Final

from bench.latency.runs import Plan, run_rate
from bench.results import write_results
from bench.servers import add_settings
from bench.speed.contestants import contestants
from bench.speed.inputs import Recording
from bench.speed.stage import Load, Stage

_CONTESTANTS: Final = ("limit", "greenlane")


def main() -> None:
    """Measure each rate, print the quantiles and write them."""
    arguments = _arguments()
    most = int(max(arguments.rates) * (arguments.seconds + arguments.warm_up))
    recording = Recording(most)
    print(f"recording {most:,} manifests ...", flush=True)
    recording.make()
    load = Load(recording, settings=dict(arguments.settings))
    chosen = [one for one in contestants() if one.name in arguments.only]
    lines: list[dict[str, Any]] = []
    for rate, contestant in itertools.product(arguments.rates, chosen):
        plan = Plan(rate, arguments.seconds, arguments.warm_up)
        with Stage(arguments.broker, load) as stage:
            line = run_rate(plan, contestant, stage, recording, f"latency-{len(lines)}")
        lines.append(line)
        times = ", ".join(f"{name} {line[name]:.1f}" for name in ("p50", "p99", "p99.9", "max"))
        heading = f"{contestant.name}, {rate:,.0f}/s"
        print(f"{heading}: {times} ms over {line['manifests']:,} manifests", flush=True)
    name = "latency" if arguments.broker == "embedded" else f"latency-{arguments.broker}"
    print(f"written: {write_results(name, {'broker': arguments.broker, 'rates': lines})}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--rates", type=float, nargs="+", default=[1_000.0, 5_000.0, 20_000.0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each rate")
    parser.add_argument("--warm-up", type=float, default=5.0, help="seconds that do not count")
    names = [one.name for one in contestants()]
    parser.add_argument("--only", nargs="+", choices=names, default=_CONTESTANTS)
    add_settings(parser)
    parser.add_argument("--broker", choices=("embedded", "kafka"), default="embedded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
