"""Microseconds a parcel for scoring, and a label for learning: `python -m bench.scoring`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from time import process_time

from bench.results import machine, write_results
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest, encode
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.manifest import Manifest
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.lottery import Lottery
from scorers.model.model import Model
from scorers.policy import ShareBudget, SharePolicy
from scorers.screening import Screener
from scorers.specs.parcels import SPEC
from streams.training import Fold

_PARCELS = 40_000
_BATCH = 1_000
_MINI_BATCH = 64
_INSPECTED = datetime(2026, 11, 1, tzinfo=UTC)
_ROUNDS = 5


def main() -> None:
    """Print the cost of each step, medians of several rounds, and write them."""
    gc.set_threshold(100_000)
    values = recorded_manifests(_PARCELS)
    manifests = [decode_manifest(value) for value in values]
    model, held = _taught(manifests)
    steps = {
        "decode": lambda: [decode_manifest(value) for value in values],
        "columns and features": lambda: _features(manifests),
        "screen, 3 % held with reasons": lambda: _screen(manifests, model),
        "encode decisions": _encoder(manifests, model),
    }
    cost = {name: _microseconds(step, _PARCELS) for name, step in steps.items()}
    cost["learn, a label"] = _microseconds(lambda: _learn(held, model), len(held))
    for name, value in cost.items():
        print(f"{name:<32} {value:6.2f} us")
    print(f"weights {model.weights.nbytes / 2**20:.0f} MiB, on one of {machine()['cores']} cores")
    write_results("scoring", {"microseconds": cost})


def _microseconds(step: Callable[[], object], count: int) -> float:
    """Return the CPU time of a step a parcel, the median of several rounds after a warm-up."""
    step()
    rounds = []
    for _ in range(_ROUNDS):
        started = process_time()
        step()
        rounds.append((process_time() - started) / count * 1e6)
    return median(rounds)


def _batches(manifests: Sequence[Manifest]) -> list[Sequence[Manifest]]:
    return [manifests[start : start + _BATCH] for start in range(0, len(manifests), _BATCH)]


_extractor = Extractor(SPEC)


def _features(manifests: Sequence[Manifest]) -> None:
    for batch in _batches(manifests):
        _extractor.extract(ManifestTable(batch))


def _screen(manifests: Sequence[Manifest], model: Model) -> list[Decision]:
    screener = Screener(_extractor, SharePolicy(ShareBudget(0.03, 0.005)), Lottery(b"bench"))
    screener.use(model)
    decisions: list[Decision] = []
    for number, batch in enumerate(_batches(manifests)):
        first = number * _BATCH
        read_at = [("manifests", 0, first + place) for place in range(len(batch))]
        decisions += screener.screen(batch, read_at)
    return decisions


def _encoder(manifests: Sequence[Manifest], model: Model) -> Callable[[], object]:
    decisions = _screen(manifests, model)
    return lambda: [encode(decision) for decision in decisions]


def _taught(manifests: Sequence[Manifest]) -> tuple[Model, list[Decision]]:
    """Return a model that has learnt what an empty one holds, and what that was."""
    model = Model()
    decisions = _screen(manifests, model)
    held = [decision for decision in decisions if decision.action == "hold"]
    _learn(held, model)
    return model, held


def _learn(held: Sequence[Decision], model: Model) -> None:
    """Learn held decisions as the trainer does, every third a violation."""
    Fold(_extractor, model).add(
        [
            LabelledExample(
                schema_version=1,
                decision_id=decision.decision_id,
                item_id=decision.item_id,
                outcome_id="",
                inspected_at=_INSPECTED,
                label=number % 3 == 0,
                arm=decision.arm,
                probability=decision.probability,
                propensity=decision.propensity,
                closes_batch=number % _MINI_BATCH == 0 or number == len(held),
                features=decision.features or {},
            )
            for number, decision in enumerate(held, start=1)
        ]
    )


if __name__ == "__main__":
    main()
