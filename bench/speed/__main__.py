"""Runs the speed benchmark: `python -m bench.speed [--records N] [--rounds N] [--broker kafka]`."""

from __future__ import annotations

import argparse
from typing import Final

from bench.results import write_results
from bench.servers import add_settings
from bench.speed.contestants import Contestant, contestants
from bench.speed.inputs import Recording
from bench.speed.rounds import Absent, Figures, Span, run_contestant
from bench.speed.stage import PARTITIONS, Load, Stage
from bench.speed.table import summary, table

_PEER_SECONDS: Final = 15.0
_OWN_SECONDS: Final = 120.0
"""The limit and Greenlane read all of the input; this only bounds a run that is far too slow."""


def main() -> None:
    """Run the rounds, print every result and the table, and write the results."""
    arguments = _arguments()
    recording = Recording(arguments.records)
    print(f"recording {recording.count:,} manifests ...", flush=True)
    recording.make()
    chosen = [one for one in contestants() if arguments.only in one.name]
    print(f"{recording.mean_bytes():.0f} bytes each; {arguments.broker} broker", flush=True)
    results: list[Figures | Absent] = []
    load = Load(recording, orders=not arguments.without_orders, settings=dict(arguments.settings))
    with Stage(arguments.broker, load) as stage:
        stage.publish()
        for number in range(1, arguments.rounds + 1):
            for place, contestant in enumerate(chosen):
                span = _span(contestant, arguments)
                result = run_contestant(contestant, stage, f"r{number}-{place}", span)
                results.append(result)
                print(f"round {number}: {_told(result)}", flush=True)
    lines = summary(results)
    print(table(lines))
    setting = {"records": recording.count, "bytes": recording.mean_bytes()}
    setting |= {"broker": arguments.broker, "rounds": arguments.rounds, "partitions": PARTITIONS}
    setting |= {"orders": load.orders, "settings": load.settings}
    name = "speed" if arguments.broker == "embedded" else f"speed-{arguments.broker}"
    path = write_results(name, {"setting": setting, "summary": lines, "rounds": results})
    print(f"written: {path}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--broker", choices=("embedded", "kafka"), default="embedded")
    parser.add_argument("--seconds", type=float, default=_PEER_SECONDS, help="of a peer's span")
    parser.add_argument("--only", default="", help="contestants whose name has this")
    parser.add_argument("--without-orders", action="store_true", help="publish manifests alone")
    add_settings(parser)
    return parser.parse_args()


def _span(contestant: Contestant, arguments: argparse.Namespace) -> Span:
    whole = contestant.name in ("limit", "greenlane")
    return Span(arguments.records, _OWN_SECONDS if whole else arguments.seconds)


def _told(result: Figures | Absent) -> str:
    if isinstance(result, Absent):
        return f"{result.name}: absent, {result.reason}"
    each = ", ".join(f"{name} {spent:.1f}" for name, spent in result.us_a_manifest.items())
    memory = [*result.memory_mb, 0.0]
    return (
        f"{result.name}: {result.rate:,.0f}/s over {result.seconds:.1f} s; "
        f"CPU us a manifest: {each}; memory {memory[0]:.0f} to {max(memory):.0f} MB"
    )


if __name__ == "__main__":
    main()
