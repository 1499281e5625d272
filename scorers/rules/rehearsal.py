"""What a book would have done with recorded manifests, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from schemas.manifest import Manifest
from scorers.features.batch import Integers
from scorers.features.tables import ManifestTable
from scorers.rules.book import RuleBook
from scorers.rules.hits import RuleHits

_BATCH = 1_000


@dataclass(frozen=True)
class RuleCount:
    """Parcels of one rule.

    matched: its condition holds, whether it is in force or not; so rules to come can be tried.
    applied: it was in force too. alone: and no other rule applied.
    """

    rule: str
    matched: int
    applied: int
    alone: int


@dataclass(frozen=True)
class Rehearsal:
    """Counts over all parcels; `conflicts` were to be held and to be cleared, and are held."""

    version: str
    parcels: int
    held: int
    cleared: int
    conflicts: int
    adjusted: int
    rules: tuple[RuleCount, ...]


def rehearse(book: RuleBook, manifests: Iterable[Manifest], batch: int = _BATCH) -> Rehearsal:
    """Return what `book` says of `manifests`, read as they come, `batch` at a time."""
    totals = np.zeros(5, dtype=np.int64)
    counts = np.zeros((3, len(book)), dtype=np.int64)
    for part in _batches(manifests, batch):
        table = ManifestTable(part)
        hits = book.apply(table)
        totals += [len(part), hits.hold.sum(), hits.clear.sum(), *_mixed(hits)]
        counts += _counts(book.matches(table)[0], hits, len(book))
    lines = counts.T.tolist()
    rules = tuple(RuleCount(rule.id, *line) for rule, line in zip(book.rules, lines, strict=True))
    parcels, held, cleared, conflicts, adjusted = totals.tolist()
    return Rehearsal(book.version, parcels, held, cleared, conflicts, adjusted, rules)


def _mixed(hits: RuleHits) -> tuple[int, int]:
    """Return how many parcels some rule wants cleared and another held, and how many adjusted."""
    clears = np.array([note.action == "clear" for note in hits.notes], dtype=np.bool_)
    asked = np.unique(hits.parcels[clears[hits.rules]])
    return int(np.count_nonzero(hits.hold[asked])), int(np.count_nonzero(hits.adjustment))


def _counts(matched: Integers, hits: RuleHits, rules: int) -> Integers:
    many = np.bincount(hits.parcels, minlength=1)
    alone = hits.rules[many[hits.parcels] == 1]
    return np.array([np.bincount(group, minlength=rules) for group in (matched, hits.rules, alone)])


def _batches(manifests: Iterable[Manifest], size: int) -> Iterator[Sequence[Manifest]]:
    rest = iter(manifests)
    while part := list(islice(rest, size)):
        yield part
