"""A planted drift, with and without exploration: `python -m bench.drift [--seeds N]`.

Halfway other sellers, shippers, lanes and addresses become the bad ones, overnight.
"""

from __future__ import annotations

import argparse
from time import process_time
from typing import Final

from bench.drift.runs import Seen, run
from bench.history.specs import without_history
from bench.results import write_results
from scorers.specs.parcels import SPEC

_HOLD: Final = 0.03
_EXPLORE: Final = {"with exploration": 0.005, "without": 0.0}
_HEAD: Final = (
    "| | seed | precision before | at worst | told after labels | by | back at 90 % after labels "
    "| at the end | false alarms before |"
)


def main() -> None:
    """Print the table and write the results."""
    arguments = _arguments()
    print(f"{_HEAD}\n{'|---' * 9}|", flush=True)
    runs = []
    for seed in range(1, arguments.seeds + 1):
        for name, explore in _EXPLORE.items():
            started = process_time()
            seen = run(
                without_history(SPEC), seed, arguments.before, arguments.after, _HOLD, explore
            )
            print(_line(name, seed, seen), flush=True)
            runs.append({"name": name, "seed": seed, **_report(seen, process_time() - started)})
    write_results("drift", {"hold": _HOLD, "explore": _EXPLORE, "runs": runs})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.drift", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--before", type=int, default=250_000, help="parcels before the shift")
    parser.add_argument("--after", type=int, default=400_000, help="parcels after it")
    return parser.parse_args()


def _line(name: str, seed: int, seen: Seen) -> str:
    after, signal = seen.told[0] if seen.told else ("never", "–")
    back = f"not within {seen.labels:,}" if seen.back is None else f"{seen.back:,}"
    cells = (
        name,
        seed,
        f"{seen.former:.3f}",
        f"{seen.lowest:.3f}",
        after,
        signal,
        back,
        f"{seen.last:.3f}",
        len(seen.false_alarms),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _report(seen: Seen, seconds: float) -> dict[str, object]:
    return {
        "former": seen.former,
        "lowest": seen.lowest,
        "last": seen.last,
        "labels": seen.labels,
        "told": seen.told,
        "back": seen.back,
        "false_alarms": seen.false_alarms,
        "seconds": seconds,
    }


if __name__ == "__main__":
    main()
