"""Importance weights by bound in the closed loop: `python -m bench.selective [--seeds N]`.

Only what is held is labelled. A bound of 1 means no weights: the product's default.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import mean, stdev
from typing import Final

import numpy as np

from bench.history.loop import Decided, Loop, Plan
from bench.history.specs import without_history
from bench.results import write_results
from scorers.evaluation.comparing import Judged, calibration_error, log_loss
from scorers.specs.parcels import SPEC

_BOUNDS: Final = (1.0, 3.0, 10.0, 200.0)
_HEAD: Final = (
    "| bound of weights | precision by score | caught of all | log loss | calibration error |"
)


@dataclass(frozen=True)
class Found:
    """Figures of the second half of a run: of holds by score, and of all parcels' chances."""

    precision: float
    recall: float
    log_loss: float
    calibration_error: float


def main() -> None:
    """Print the table and write the results."""
    arguments = _arguments()
    runs: dict[float, list[Found]] = {bound: [] for bound in _BOUNDS}
    for seed in range(1, arguments.seeds + 1):
        for bound in _BOUNDS:
            plan = Plan(arguments.parcels, 60.0, timedelta(hours=2), importance=bound)
            decided = Loop(plan, without_history(SPEC), seed, None).decisions()
            runs[bound].append(_found(decided, arguments.parcels // 2))
    print(f"{_HEAD}\n|---|---|---|---|---|")
    for bound, found in runs.items():
        print(_line(bound, found))
    write_results(
        "selective", {str(bound): [asdict(one) for one in found] for bound, found in runs.items()}
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.selective", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--parcels", type=int, default=80_000)
    return parser.parse_args()


def _found(decided: Iterable[Decided], since: int) -> Found:
    labels, chances, risky, held = [], [], [], []
    for number, one in enumerate(decided):
        if number >= since:
            labels.append(float(bool(one.typology)))
            chances.append(one.decision.probability)
            risky.append(one.decision.arm == "risk")
            held.append(one.decision.action == "hold")
    truth, by_score = np.array(labels), np.array(risky)
    judged = Judged(truth, np.ones(len(truth)))
    given = np.array(chances)
    return Found(
        float(truth[by_score].mean()),
        float(truth[np.array(held)].sum() / truth.sum()),
        log_loss(given, judged),
        calibration_error(given, judged),
    )


def _line(bound: float, found: Sequence[Found]) -> str:
    name = "1 (none)" if bound == 1 else f"{bound:g}"
    cells = [
        _spread([getattr(one, figure) for one in found])
        for figure in ("precision", "recall", "log_loss", "calibration_error")
    ]
    return "| " + " | ".join([name, *cells]) + " |"


def _spread(values: Sequence[float]) -> str:
    spread = f" ± {stdev(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):.3f}{spread}"


if __name__ == "__main__":
    main()
