"""Microseconds a parcel for rules, lists, text and assessment: `python -m bench.policy`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import process_time
from typing import Final

from bench.lists.made import NAMES, PATTERNS, listed, listed_names, parcels
from bench.results import machine, write_results
from bench.rules.made import made_book
from schemas.codec import decode_manifest
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.assessment.revenue import revenue_at_stake
from scorers.features.declared import TextPart
from scorers.features.extractor import Extractor
from scorers.features.fields import Category
from scorers.features.tables import ManifestTable
from scorers.lists.book import ListBook
from scorers.policybook import PolicyBook, share_plan
from scorers.rules.book import RuleBook
from scorers.scanning.reading import read_manifests
from scorers.specs.parcels import SPEC
from streams.memory import collect_seldom

_PARCELS: Final = 80_000
_BATCH: Final = 1_000
_ROUND: Final = 10
_RULES: Final = 200
_SAMPLE: Final = 20_000
_TRUE_TIMES: Final = 3.0
"""How many times the declared value is the expected one, where revenue is at stake."""

_ALL: Final = "the same, with all kinds of lists"
_HASHING: Final = "hashing the texts of all that with the features'"

_OF_FEATURES: Final[list[TextPart]] = [
    (field.source, field.prefix) for field in SPEC.fields if isinstance(field, Category)
]

_extractor = Extractor(SPEC)
_assessor = Assessor(load_reference())

Step = Callable[[ManifestTable], object]

_Costs = tuple[float, float]
"""Of the first parcels, and of later ones."""


@dataclass(frozen=True)
class _Work:
    """What is measured, and the texts that are hashed with those of the features for it."""

    steps: Sequence[Step]
    texts: Sequence[TextPart]


def main() -> None:
    """Print the cost of each part and of all together, and write them."""
    collect_seldom()
    values = parcels(_PARCELS)
    works = _works(values)
    costs = {what: _cost_of(values, work) for what, work in works.items()}
    costs[_HASHING] = _cost_of_hashing(values, works[_ALL].texts)
    print(f"{'microseconds a parcel':<50}   first  later")
    for what, (first, later) in costs.items():
        print(f"{what:<50}  {first:6.2f} {later:6.2f}")
    print(f"{_RULES} rules, {NAMES} names, {PATTERNS} patterns; batches of {_BATCH}")
    print(f"on one of {machine()['cores']} cores")
    print(f"first: of {_BATCH * _ROUND} parcels, later: the best so many of {_PARCELS} have")
    write_results("policy", {"microseconds": costs})


def _works(values: Sequence[bytes]) -> dict[str, _Work]:
    """Return each part of the work, and several together."""
    rules = made_book(_RULES, [decode_manifest(value) for value in values[:_SAMPLE]])
    entries = listed(listed_names())
    names, patterns = entries["names"], entries["text patterns"]
    worded = ListBook([*names, *patterns])
    every = ListBook([entry for some in entries.values() for entry in some])
    none = ListBook()
    return {
        "rules": _work(rules, none),
        "names": _work(RuleBook(()), ListBook(names)),
        "patterns of text": _work(RuleBook(()), ListBook(patterns)),
        "assessment": _work(RuleBook(()), none, _assess),
        "rules, names, text and assessment": _work(rules, worded, _assess),
        _ALL: _work(rules, every, _assess),
        "the same, with revenue at stake": _work(rules, every, _assess, _at_stake),
    }


def _work(rules: RuleBook, lists: ListBook, *others: Step) -> _Work:
    books: list[Step] = [rules.apply] if len(rules) else []
    books += [lists.match] if len(lists) else []
    return _Work([*books, *others], PolicyBook(share_plan(0.03, 0.005), rules, lists).texts)


def _assess(table: ManifestTable) -> None:
    table.assessments = _assessor.assess(table)


def _at_stake(table: ManifestTable) -> None:
    if table.assessments is not None:
        declared = table.numbers("total_value")
        revenue_at_stake(table.assessments, declared, declared * _TRUE_TIMES)


def _cost_of(values: Sequence[bytes], work: _Work) -> _Costs:
    """Return CPU time a parcel, on tables prepared as the worker does it."""
    spent = []
    for start in range(0, len(values), _BATCH):
        table = _table(values, start)
        table.hash_texts([*_OF_FEATURES, *work.texts])
        _extractor.extract(table)
        spent.append(_cost(table, work.steps))
    return _medians(spent)


def _cost_of_hashing(values: Sequence[bytes], more: Sequence[TextPart]) -> _Costs:
    """Return what hashing more texts than those of the features costs a parcel."""
    spent: tuple[list[float], list[float]] = ([], [])
    for start in range(0, len(values), _BATCH):
        for costs, texts in zip(spent, (_OF_FEATURES, [*_OF_FEATURES, *more]), strict=True):
            costs.append(_cost(_table(values, start), [partial(_hash, texts)]))
    without, with_more = map(_medians, spent)
    return with_more[0] - without[0], with_more[1] - without[1]


def _hash(texts: Sequence[TextPart], table: ManifestTable) -> None:
    table.hash_texts(texts)


def _table(values: Sequence[bytes], start: int) -> ManifestTable:
    """Return a batch as it comes: its records are read anew."""
    declared, _ = read_manifests(values[start : start + _BATCH])
    return ManifestTable(declared)


def _cost(table: ManifestTable, steps: Sequence[Step]) -> float:
    """Return microseconds a parcel."""
    started = process_time()
    for step in steps:
        step(table)
    return (process_time() - started) / len(table) * 1e6


def _medians(costs: Sequence[float]) -> _Costs:
    """Return the median of the first batches, and the lowest one of later rounds.

    No parcel comes twice, but words and wordings do: what is remembered of them takes a while to
    learn. The lowest, since others use the cores too.
    """
    rounds = [median(costs[start : start + _ROUND]) for start in range(0, len(costs), _ROUND)]
    return rounds[0], min(rounds[1:])


if __name__ == "__main__":
    main()
