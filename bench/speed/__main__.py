"""Runs the speed benchmark: `python -m bench.speed [--manifests N] [--rounds N]`."""

from __future__ import annotations

import argparse
from statistics import median

from bench.results import machine, write_results
from bench.speed.recording import recorded_manifests
from bench.speed.rounds import Round, run_round


def main() -> None:
    """Run the rounds, print them and their median, and write the results."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--manifests", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()

    print(f"recording {arguments.manifests:,} manifests ...", flush=True)
    values = recorded_manifests(arguments.manifests)
    size = sum(map(len, values)) / len(values)
    print(f"{size:.0f} bytes each; embedded broker, one worker, one learner", flush=True)
    rounds = []
    for number in range(1, arguments.rounds + 1):
        result = run_round(values)
        rounds.append(result)
        print(f"round {number}: {_line(result)}", flush=True)
    rate = median(one.rate for one in rounds)
    print(f"median: {rate:,.0f} manifests/s on {machine()['cores']} cores")
    path = write_results("speed", {"bytes": size, "median_rate": rate, "rounds": rounds})
    print(f"written: {path}")


def _line(result: Round) -> str:
    cpu = result.cpu_seconds
    per_manifest = cpu["worker"] / result.manifests * 1e6
    return (
        f"{result.rate:,.0f}/s, worker {per_manifest:.1f} us CPU a manifest, "
        f"{result.worker_memory_mb:.0f} MB; CPU seconds: "
        + ", ".join(f"{name} {seconds:.1f}" for name, seconds in cpu.items())
    )


if __name__ == "__main__":
    main()
