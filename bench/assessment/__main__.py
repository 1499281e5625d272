"""Microseconds a parcel for duty, tax and fees: `python -m bench.assessment`."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

from bench.results import write_results
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest
from schemas.reference.loading import load_reference
from scorers.assessment.assessments import Assessments
from scorers.assessment.assessor import Assessor
from scorers.assessment.revenue import revenue_at_stake
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.specs.parcels import SPEC
from streams.memory import collect_seldom

_PARCELS = 40_000
_BATCH = 1_000
_ROUNDS = 9


def main() -> None:
    """Print the cost of each step, medians of several rounds, and write them."""
    collect_seldom()
    assessor = Assessor(load_reference())
    manifests = [decode_manifest(value) for value in recorded_manifests(_PARCELS)]
    batches = [manifests[start : start + _BATCH] for start in range(0, _PARCELS, _BATCH)]
    extractor = Extractor(SPEC)

    def fresh() -> list[ManifestTable]:
        return [ManifestTable(batch) for batch in batches]

    def scored() -> list[ManifestTable]:
        tables = fresh()
        for table in tables:
            extractor.extract(table)
        return tables

    def assessed() -> list[tuple[ManifestTable, Assessments]]:
        return [(table, assessor.assess(table)) for table in scored()]

    cost = {
        "assess, columns read before by the features": _microseconds(scored, assessor.assess),
        "assess, and read the columns": _microseconds(fresh, assessor.assess),
        "revenue at stake": _microseconds(assessed, _at_stake),
        "records": _microseconds(assessed, lambda pair: pair[1].records()),
    }
    for name, value in cost.items():
        print(f"{name:<46} {value:6.2f} us")
    write_results("assessment", {"microseconds": cost})


def _at_stake(pair: tuple[ManifestTable, Assessments]) -> object:
    table, assessments = pair
    declared = table.numbers("total_value")
    return revenue_at_stake(assessments, declared, declared * 3)


def _microseconds(prepare: Callable[[], list[Any]], step: Callable[[Any], object]) -> float:
    """Return a step's CPU time a parcel, the median of several rounds; what it needs is made
    anew before each, since tables remember what they computed."""
    rounds = []
    for _ in range(_ROUNDS + 1):
        given = prepare()
        started = process_time()
        for each in given:
            step(each)
        rounds.append((process_time() - started) / _PARCELS * 1e6)
    return median(rounds[1:])


if __name__ == "__main__":
    main()
