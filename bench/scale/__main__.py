"""Runs the scale benchmark: `python -m bench.scale [--entities N ...] [--workers N ...]`.

What a parcel costs worker and store, one thing varied at a time; then rates of several workers.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bench.results import FOLDER, write_results
from bench.scale.cases import Bench
from bench.scale.plot import plot
from bench.scale.workers import rate_of
from bench.speed.inputs import Recording, lines_of

_PARCELS: Final = 60_000
_BATCHES: Final = (100, 300, 1_000, 3_000, 10_000)
_ITEMS: Final = (1, 2, 3, 10, 30)
_RULES: Final = (0, 50, 200, 1_000)
_BITS: Final = (16, 18, 20, 22, 24)


def main() -> None:
    """Measure, print, write the figures and draw them."""
    arguments = _arguments()
    recording = Recording(_PARCELS)
    recording.make()
    with tempfile.TemporaryDirectory(prefix="greenlane-") as folder:
        bench = Bench(list(lines_of(recording.manifests)), Path(folder))
        panels = {
            "entities": [bench.entities(number) for number in arguments.entities],
            "batch": [bench.batch(number) for number in _BATCHES],
            "items": [bench.items(number) for number in _ITEMS],
            "rules": [bench.rules(number) for number in _RULES],
            "model, bits": [bench.model(number) for number in _BITS],
        }
    workers = _workers(arguments.workers, arguments.records)
    path = write_results("scale", {"us_a_manifest": panels, "workers": workers})
    picture = FOLDER / "scale.svg"
    plot(panels, picture)
    print(f"written: {path} and {picture.name} beside it")


def _workers(numbers: Sequence[int], records: int) -> list[dict[str, Any]]:
    recording = Recording(records)
    recording.make()
    found = []
    for number in numbers:
        found.append({"workers": number, **rate_of(number, recording)})
        print(f"{number} workers: {found[-1]['rate']:,.0f} manifests/s", flush=True)
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    few = [10_000, 100_000, 1_000_000]
    parser.add_argument(
        "--entities", type=int, nargs="+", default=few, help="10000000 takes longer"
    )
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 3, 4])
    parser.add_argument("--records", type=int, default=200_000, help="for several workers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
