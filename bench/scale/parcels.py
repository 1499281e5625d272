"""Recorded manifests with other numbers of entities or items."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from schemas.codec import decode_manifest, encode
from schemas.manifest import Manifest

_SHARES: Final = {"consignee": 0.44, "seller": 0.06, "shipper": 0.02}
"""Of all entities; a consignee's address is another one."""


def with_entities(values: Sequence[bytes], entities: int, seed: int = 1) -> list[bytes]:
    """Return the manifests with parties drawn from so many entities.

    Consignees are drawn evenly, sellers and shippers by Zipf's law.
    """
    rng = random.Random(seed)
    return [encode(_drawn(decode_manifest(value), entities, rng)) for value in values]


def all_entities(like: bytes, entities: int, first: int, count: int) -> list[bytes]:
    """Return manifests to consignees `first` and on, each at an address of their own."""
    manifest = decode_manifest(like)
    sellers, shippers = _most("seller", entities), _most("shipper", entities)
    return [
        encode(_to(manifest, number, number % sellers, number % shippers))
        for number in range(first, first + count)
    ]


def consignees(entities: int) -> int:
    """Return how many of the entities are consignees."""
    return _most("consignee", entities)


def with_items(values: Sequence[bytes], items: int) -> list[bytes]:
    """Return the manifests with so many items each, taken from one parcel after the other."""
    manifests = [decode_manifest(value) for value in values]
    pool = [item for manifest in manifests for item in manifest.items]
    return [
        encode(_holding(manifest, [pool[(place * items + n) % len(pool)] for n in range(items)]))
        for place, manifest in enumerate(manifests)
    ]


def _holding(manifest: Manifest, items: list) -> Manifest:  # type: ignore[type-arg]
    value = round(sum(item.value for item in items), 2)
    weight = round(sum(item.net_weight_kg for item in items) * 1.1 + 0.01, 3)
    return replace(manifest, items=items, total_value=value, gross_weight_kg=weight)


def _drawn(manifest: Manifest, entities: int, rng: random.Random) -> Manifest:
    seller, shipper = (int(_most(kind, entities) ** rng.random()) for kind in ("seller", "shipper"))
    return _to(manifest, rng.randrange(consignees(entities)), seller, shipper)


def _to(manifest: Manifest, consignee: int, seller: int, shipper: int) -> Manifest:
    party = replace(
        manifest.consignee,
        id=f"c-{consignee}",
        street=f"{consignee} Long Street",
        postcode=f"{consignee % 100_000:05}",
    )
    sender = replace(manifest.consignor, id=f"shipper-{shipper}")
    return replace(manifest, consignee=party, consignor=sender, seller_id=f"seller-{seller}")


def _most(kind: str, entities: int) -> int:
    return max(int(entities * _SHARES[kind]), 1)
