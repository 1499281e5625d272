"""Microseconds a parcel for rule books of several sizes: `python -m bench.rules`."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from time import process_time

from bench.results import write_results
from bench.rules.made import made_book
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest
from schemas.manifest import Manifest
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.rules.book import RuleBook
from scorers.specs.parcels import SPEC
from streams.memory import collect_seldom

_PARCELS = 20_000
_BATCH = 1_000
_ROUNDS = 7
_SIZES = (10, 200, 1_000)

_extractor = Extractor(SPEC)


def main() -> None:
    """Print the cost of rules alone and after features, medians of several rounds, and write it.

    After features most columns are there already, as they are in the worker.
    """
    collect_seldom()
    values = recorded_manifests(_PARCELS)
    manifests = [decode_manifest(value) for value in values]
    results = {}
    for size in _SIZES:
        book = made_book(size, manifests)
        alone = median(_round(book, values, features=False) for _ in range(_ROUNDS))
        shared = median(_round(book, values, features=True) for _ in range(_ROUNDS))
        share = _share_matched(book, manifests)
        results[str(size)] = {"alone": alone, "after features": shared, "matched": share}
        print(
            f"{size:5} rules: {shared:.2f} us a parcel after features, {alone:.2f} us alone;"
            f" {share:.0%} of the parcels match a rule"
        )
    write_results("rules", {"microseconds": results})


def _round(book: RuleBook, values: Sequence[bytes], *, features: bool) -> float:
    """Return the CPU time of `book` a parcel, on manifests decoded anew as in the worker."""
    taken = 0.0
    for start in range(0, len(values), _BATCH):
        table = ManifestTable([decode_manifest(v) for v in values[start : start + _BATCH]])
        if features:
            _extractor.extract(table)
        started = process_time()
        book.apply(table)
        taken += process_time() - started
    return taken / len(values) * 1e6


def _share_matched(book: RuleBook, manifests: Sequence[Manifest]) -> float:
    hits = book.apply(ManifestTable(manifests))
    return len(set(hits.parcels.tolist())) / len(manifests)


if __name__ == "__main__":
    main()
