"""Microseconds a parcel and recall of disguised names: `python -m bench.lists`."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median
from time import process_time
from typing import Final

from bench.lists.disguises import DISGUISES
from bench.lists.made import NAMES, entries_of, listed, listed_names, parcels
from bench.lists.people import Population
from bench.results import machine, write_results
from schemas.codec import decode_manifest
from scorers.features.declared import DeclaredTable
from scorers.lists.book import ListBook
from scorers.lists.names import names_in
from scorers.lists.watched import NameIndex
from streams.memory import collect_seldom

_BATCH: Final = 1_000
_ROUND: Final = 10
_SAMPLE: Final = 2_000
_NEW_NAMES: Final = 20_000

Match = Callable[[DeclaredTable], object]

_HASHED_BEFORE: Final = ("consignor.id", "consignee.id", "seller_id", "ioss")


def main() -> None:
    """Print cost, recall and false finds, and write them."""
    collect_seldom()
    names = listed_names()
    costs = _costs(names, parcels())
    for what, cost in costs.items():
        print(f"{what:<46} {cost:6.2f} us")
    print(f"on one of {machine()['cores']} cores, batches of {_BATCH}\n")
    recall, false = _quality(names)
    for disguise, share in recall.items():
        print(f"{disguise:<28} {share:6.1%} found")
    print(f"other people and firms       {false:6.2%} found, of {NAMES} listed")
    write_results("lists", {"microseconds": costs, "recall": recall, "false": false})


def _books(names: Sequence[str]) -> dict[str, ListBook]:
    """Return a book for each part of the work, and one of all."""
    parts = listed(names)
    everything = [entry for entries in parts.values() for entry in entries]
    return {
        "names and text patterns": ListBook([*parts["names"], *parts["text patterns"]]),
        "all lists": ListBook(everything),
        **{part: ListBook(entries) for part, entries in parts.items()},
    }


def _costs(names: Sequence[str], values: Sequence[bytes]) -> dict[str, float]:
    costs = {}
    for part, book in _books(names).items():
        costs[part] = _microseconds(values, book.match)
    started = process_time()
    entries = entries_of("name", names)
    ListBook(entries)
    costs[f"compile, a name of {NAMES}"] = (process_time() - started) * 1e6 / NAMES
    return costs


def _microseconds(values: Sequence[bytes], match: Match) -> float:
    """Return CPU time a parcel: the lowest of several medians, since others use the cores too.

    Each is of other parcels, none of which was seen before; the first ones warm up.
    """
    costs = _batch_costs(values, match)
    rounds = [costs[start : start + _ROUND] for start in range(_ROUND, len(costs), _ROUND)]
    return min(map(median, rounds))


def _batch_costs(values: Sequence[bytes], match: Match) -> list[float]:
    """Return microseconds a parcel of each batch.

    Records are decoded, taken apart and partly hashed just before: in the worker, decoding and
    features do that.
    """
    costs = []
    for start in range(0, len(values), _BATCH):
        table = DeclaredTable(list(map(decode_manifest, values[start : start + _BATCH])))
        table.column("items.description")
        table.hash_texts((source, 0) for source in _HASHED_BEFORE)
        started = process_time()
        match(table)
        costs.append((process_time() - started) / _BATCH * 1e6)
    return costs


def _quality(names: Sequence[str]) -> tuple[dict[str, float], float]:
    """Return the share found of each disguise, and of names that are not listed."""
    index = NameIndex(list(enumerate(entries_of("name", names))))
    rng = random.Random(5)
    sample = rng.sample(range(len(names)), _SAMPLE)
    recall = {}
    for what, disguise in DISGUISES.items():
        disguised = {place: disguise(names[place], rng) for place in sample}
        found = index.find(list(disguised.values()))
        hits = sum(
            any(entry == place for entry, _ in found.get(name, ()))
            for place, name in disguised.items()
        )
        recall[what] = hits / _SAMPLE
    others = _others(names)
    return recall, len(index.find(others)) / len(others)


def _others(names: Sequence[str]) -> list[str]:
    """Return names of the same population of which none is a listed one in another order."""
    listed = {frozenset(name.words) for text in names for name in names_in(text)}
    population = Population(seed=2)
    drawn = (
        population.person() if place % 5 < 4 else population.firm() for place in range(_NEW_NAMES)
    )
    return [
        text
        for text in dict.fromkeys(drawn)
        if not any(frozenset(name.words) in listed for name in names_in(text))
    ]


if __name__ == "__main__":
    main()
