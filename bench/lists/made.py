"""Lists of any kind and parcels to look for them in, made from seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from bench.lists.disguises import DISGUISES
from bench.lists.people import Population
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest, encode
from schemas.manifest import Manifest
from scorers.lists.entries import Entry, Subject

PARCELS: Final = 40_000
NAMES: Final = 20_000
PATTERNS: Final = 2_000
_OTHER_SCRIPT: Final = 0.03


def listed_names() -> list[str]:
    """Return 20,000 distinct names, two of five of people."""
    population = Population(seed=1)
    names: dict[str, None] = {}
    while len(names) < NAMES:
        names[population.person() if len(names) % 5 < 2 else population.firm()] = None
    return list(names)


def parcels(count: int = PARCELS) -> list[bytes]:
    """Return simulated parcels whose consignees are nearly all new, some in another script."""
    population = Population(seed=2)
    return [
        encode(_addressed_to(_new_name(population), decode_manifest(value)))
        for value in recorded_manifests(count)
    ]


def _addressed_to(name: str, manifest: Manifest) -> Manifest:
    consignee = msgspec.structs.replace(manifest.consignee, name=name)
    return msgspec.structs.replace(manifest, consignee=consignee)


def _new_name(population: Population) -> str:
    name = population.person()
    if population.rng.random() < _OTHER_SCRIPT:
        return DISGUISES["in Cyrillic"](name, population.rng)
    return name


def entries_of(subject: Subject, values: Sequence[str]) -> list[Entry]:
    """Return an entry for each value."""
    kind = "allow" if subject in ("seller", "party") else "restricted"
    return [Entry(list="bench", kind=kind, subject=subject, value=value) for value in values]


def listed(names: Sequence[str]) -> dict[str, list[Entry]]:
    """Return entries for each part of the work."""
    population = Population(seed=3)
    patterns = list(dict.fromkeys(population.phrase() for _ in range(PATTERNS + 200)))
    # Some are found: in about one description of two hundred.
    patterns = [*patterns[: PATTERNS - 2], "face cream 50 ml", "lithium"]
    codes = [f"{number:04}" for number in range(9_300, 9_310)]
    addresses = [f"Harbour Rd {number}|{number:05}|DE" for number in range(2_000)]
    return {
        "names": entries_of("name", names),
        "text patterns": entries_of("text", patterns),
        "headings": entries_of("hs", codes),
        "addresses": entries_of("address", addresses),
        "identifiers of parties": entries_of("party", [f"c-XX-{n}" for n in range(5_000)]),
        "IOSS numbers and sellers": [
            *entries_of("ioss", [f"IM276{n:07}" for n in range(1_000)]),
            *entries_of("seller", [f"shop-{n}" for n in range(1_000)]),
        ],
    }
