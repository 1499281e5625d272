"""Microseconds a parcel for scoring, and a label for learning: `python -m bench.scoring`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import process_time

import numpy as np

from bench.results import machine, write_results
from bench.speed.recording import recorded_manifests
from bench.teaching import INSPECTED, examples_of
from schemas.codec import encode
from schemas.decision import Decision
from schemas.example import LabelledExample
from scorers.features.extractor import Extractor
from scorers.features.rows import rows_of
from scorers.features.tables import ManifestTable
from scorers.lottery import Lottery
from scorers.model.model import Model
from scorers.novelty import Novelty, fading
from scorers.policybook import PolicyBook, share_plan
from scorers.reasons import Reasons
from scorers.scanning.reading import read_manifests
from scorers.screening import Screener
from scorers.specs.parcels import SPEC
from streams.folding import Fold
from streams.memory import collect_seldom

_PARCELS = 40_000
_BATCH = 1_000
_ROUNDS = 5
_WARM_UP = 5
_HELD = 0.03
_LOGGED = INSPECTED.timestamp()


def main() -> None:
    """Print the cost of each step, medians of several rounds, and write them."""
    collect_seldom()
    values = recorded_manifests(_PARCELS)
    model, held = _taught(values)
    decisions = _screened(values, model)
    examples = examples_of(held)
    cost = {
        "read": _cost(lambda: _read_all(values), _PARCELS),
        "columns and features": _cost_a_parcel(values, _features),
        "score, with reasons for 3 %": _cost_a_parcel(values, _scoring(model)),
        "screen, 3 % held": _cost_a_parcel(values, _screening(model)),
        "encode decisions": _cost(lambda: [encode(one) for one in decisions], _PARCELS),
        "learn, a label": _cost(lambda: _learn(examples, model), len(examples)),
    }
    for name, value in cost.items():
        print(f"{name:<32} {value:6.2f} us")
    print(f"weights {model.weights.nbytes / 2**20:.0f} MiB, on one of {machine()['cores']} cores")
    write_results("scoring", {"microseconds": cost})


def _cost(step: Callable[[], object], count: int) -> float:
    """Return the CPU time of a step for each of `count`, the median of several rounds."""
    step()
    rounds = []
    for _ in range(_ROUNDS):
        started = process_time()
        step()
        rounds.append((process_time() - started) / count * 1e6)
    return median(rounds)


def _cost_a_parcel(values: Sequence[bytes], step: Callable[[int, ManifestTable], object]) -> float:
    """Return the CPU time of a step a parcel, the median over all batches after the first ones.

    Each batch is read just before, outside the time that is taken, as in a worker.
    """
    spent = []
    for number, table in enumerate(_tables(values)):
        started = process_time()
        step(number, table)
        spent.append((process_time() - started) / len(table) * 1e6)
    return median(spent[_WARM_UP:])


def _tables(values: Sequence[bytes]) -> Iterator[ManifestTable]:
    """Yield batches of manifests, each read when it is asked for."""
    for start in range(0, len(values), _BATCH):
        yield ManifestTable(read_manifests(values[start : start + _BATCH]).declared)


def _read_all(values: Sequence[bytes]) -> None:
    for _ in _tables(values):
        pass


_extractor = Extractor(SPEC)


def _features(_number: int, table: ManifestTable) -> None:
    _extractor.extract(table)


def _scoring(model: Model) -> Callable[[int, ManifestTable], None]:
    """Return what scores and gives reasons for the top share: no lottery, policy or decisions."""
    novelty, reasons = Novelty(SPEC), Reasons(SPEC)

    def score(_number: int, table: ManifestTable) -> None:
        features = _extractor.extract(table)
        added = novelty.surprise(features) * fading(model.labels)
        scores = model.logits(features) + added
        held = np.sort(np.argsort(-scores)[: int(_HELD * len(table))]).tolist()
        parts = features.contributions(model.weights, held)
        reasons.explain(parts, rows_of(table, SPEC, held), added[held], model.evidence)

    return score


def _screening(model: Model) -> Callable[[int, ManifestTable], list[Decision]]:
    """Return what decides a batch."""
    screener = Screener(_extractor, PolicyBook(share_plan(_HELD, 0.005)), Lottery(b"bench"))
    screener.use(model)

    def screen(number: int, table: ManifestTable) -> list[Decision]:
        first = number * _BATCH
        read_at = [("manifests", 0, first + place) for place in range(len(table))]
        decisions = screener.decide(table, read_at, np.full(len(table), _LOGGED)).records()
        screener.commit()
        return decisions

    return screen


def _screened(values: Sequence[bytes], model: Model) -> list[Decision]:
    """Return the decisions on all parcels."""
    screen = _screening(model)
    decisions: list[Decision] = []
    for number, table in enumerate(_tables(values)):
        decisions += screen(number, table)
    return decisions


def _taught(values: Sequence[bytes]) -> tuple[Model, list[Decision]]:
    """Return a model that has learnt what an empty one holds, and what that was."""
    model = Model()
    held = [decision for decision in _screened(values, model) if decision.action == "hold"]
    _learn(examples_of(held), model)
    return model, held


def _learn(examples: Sequence[LabelledExample], model: Model) -> None:
    """Learn as the trainer does."""
    Fold(_extractor, model).add(examples)


if __name__ == "__main__":
    main()
