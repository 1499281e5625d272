"""Microseconds a parcel and recall of disguised names: `python -m bench.lists`."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Sequence
from statistics import median
from time import process_time
from typing import Final

import msgspec

from bench.lists.disguises import DISGUISES
from bench.lists.people import Population
from bench.results import machine, write_results
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest, encode
from schemas.manifest import Manifest
from scorers.features.declared import DeclaredTable
from scorers.lists.book import ListBook
from scorers.lists.entries import Entry, Subject
from scorers.lists.names import names_in
from scorers.lists.watched import NameIndex

_PARCELS: Final = 40_000
_BATCH: Final = 1_000
_ROUND: Final = 10
_NAMES: Final = 20_000
_PATTERNS: Final = 2_000
_SAMPLE: Final = 2_000
_NEW_NAMES: Final = 20_000
_OTHER_SCRIPT: Final = 0.03

Match = Callable[[DeclaredTable], object]

_HASHED_BEFORE: Final = ("consignor.id", "consignee.id", "seller_id", "ioss")


def main() -> None:
    """Print cost, recall and false finds, and write them."""
    gc.set_threshold(100_000)
    names = listed_names()
    costs = _costs(names, parcels())
    for what, cost in costs.items():
        print(f"{what:<46} {cost:6.2f} us")
    print(f"on one of {machine()['cores']} cores, batches of {_BATCH}\n")
    recall, false = _quality(names)
    for disguise, share in recall.items():
        print(f"{disguise:<28} {share:6.1%} found")
    print(f"other people and firms       {false:6.2%} found, of {_NAMES} listed")
    write_results("lists", {"microseconds": costs, "recall": recall, "false": false})


def listed_names() -> list[str]:
    """Return 20,000 distinct names, two of five of people."""
    population = Population(seed=1)
    names: dict[str, None] = {}
    while len(names) < _NAMES:
        names[population.person() if len(names) % 5 < 2 else population.firm()] = None
    return list(names)


def parcels() -> list[bytes]:
    """Return simulated parcels whose consignees are nearly all new, some in another script."""
    population = Population(seed=2)
    return [
        encode(_addressed_to(_new_name(population), decode_manifest(value)))
        for value in recorded_manifests(_PARCELS)
    ]


def _addressed_to(name: str, manifest: Manifest) -> Manifest:
    consignee = msgspec.structs.replace(manifest.consignee, name=name)
    return msgspec.structs.replace(manifest, consignee=consignee)


def _new_name(population: Population) -> str:
    name = population.person()
    if population.rng.random() < _OTHER_SCRIPT:
        return DISGUISES["in Cyrillic"](name, population.rng)
    return name


def _entries(subject: Subject, values: Sequence[str]) -> list[Entry]:
    kind = "allow" if subject in ("seller", "party") else "restricted"
    return [Entry(list="bench", kind=kind, subject=subject, value=value) for value in values]


def _books(names: Sequence[str]) -> dict[str, ListBook]:
    """Return a book for each part of the work, and one of all."""
    population = Population(seed=3)
    patterns = list(dict.fromkeys(population.phrase() for _ in range(_PATTERNS + 200)))
    # Some are found: in about one description of two hundred.
    patterns = [*patterns[: _PATTERNS - 2], "face cream 50 ml", "lithium"]
    codes = [f"{number:04}" for number in range(9_300, 9_310)]
    addresses = [f"Harbour Rd {number}|{number:05}|DE" for number in range(2_000)]
    parts = {
        "names": _entries("name", names),
        "text patterns": _entries("text", patterns),
        "headings": _entries("hs", codes),
        "addresses": _entries("address", addresses),
        "identifiers of parties": _entries("party", [f"c-XX-{n}" for n in range(5_000)]),
        "IOSS numbers and sellers": [
            *_entries("ioss", [f"IM276{n:07}" for n in range(1_000)]),
            *_entries("seller", [f"shop-{n}" for n in range(1_000)]),
        ],
    }
    both = [*parts["names"], *parts["text patterns"]]
    everything = [entry for entries in parts.values() for entry in entries]
    return {
        "names and text patterns": ListBook(both),
        "all lists": ListBook(everything),
        **{part: ListBook(entries) for part, entries in parts.items()},
    }


def _costs(names: Sequence[str], values: Sequence[bytes]) -> dict[str, float]:
    costs = {}
    for part, book in _books(names).items():
        costs[part] = _microseconds(values, book.match)
    started = process_time()
    entries = _entries("name", names)
    ListBook(entries)
    costs[f"compile, a name of {_NAMES}"] = (process_time() - started) * 1e6 / _NAMES
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
    index = NameIndex(list(enumerate(_entries("name", names))))
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
