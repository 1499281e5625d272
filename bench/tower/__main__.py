"""The control tower measured: `python -m bench.tower alarms|cost|kills|memory`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from bench.results import write_results
from bench.tower.alarms import WEEKDAYS, AlarmPlan, alarms
from bench.tower.cost import CostPlan, cost
from bench.tower.kills import kills
from bench.tower.memory import MemoryPlan, memory


def main() -> None:
    """Print what was measured, and write it."""
    asked = _arguments()
    benches: dict[str, Callable[[], Mapping[str, Any]]] = {
        "alarms": lambda: alarms(
            AlarmPlan(asked.lanes, days=asked.days, spread=asked.spread, begins=asked.begins)
        ),
        "cost": lambda: cost(CostPlan(asked.rate, asked.seconds)),
        "kills": lambda: kills(asked.kills),
        "memory": lambda: memory(MemoryPlan(int(asked.days), lanes=asked.lanes)),
    }
    figures = benches[asked.what]()
    for name, value in figures.items():
        for line in value if isinstance(value, list) else [value]:
            print(f"{name:<26} {line}")
    write_results(f"tower-{asked.what}", dict(figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("alarms", "cost", "kills", "memory"))
    parser.add_argument("--lanes", type=int, default=2_000)
    parser.add_argument("--days", type=float, default=1.0, help="before spikes; of memory, all")
    parser.add_argument("--spread", type=float, default=0.02, help="relative variance of rates")
    parser.add_argument("--begins", choices=WEEKDAYS, default="monday", help="of traffic")
    parser.add_argument("--rate", type=int, default=40_000, help="parcels a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--kills", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
