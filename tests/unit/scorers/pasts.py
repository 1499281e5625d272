"""Batches that have seen profiles and orders: a store that was empty before them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from schemas import order
from schemas.manifest import Manifest
from schemas.order import PlatformOrder
from scorers.features.tables import ManifestTable
from scorers.histories import Histories, Part
from scorers.profiles import Identities, OrderUnit, ProfileConfiguration, Seen, Source, Unit
from scorers.profiles.layout import RECORD
from scorers.profiles.orders import ORDER
from scorers.profiles.visiting import VisitExchange
from scorers.scanning.orders import columns_of
from tests.factories import MANIFEST, START

TOPIC = "parcels.manifests"
_SECRET = b"a secret for tests"
_IDENTITIES = Identities(_SECRET)
_CONFIGURATION = ProfileConfiguration(_SECRET)


def make_order(manifest: Manifest = MANIFEST, **changes: object) -> PlatformOrder:
    """Return the order of a manifest, paid as declared, with `changes`."""
    fields: dict[str, object] = {
        "schema_version": order.SCHEMA_VERSION,
        "platform_id": manifest.platform_id,
        "order_id": manifest.order_id,
        "ordered_at": START,
        "seller_id": manifest.seller_id,
        "price_paid": manifest.total_value,
        "currency": manifest.currency,
        "listing_title": manifest.items[0].description,
    }
    return PlatformOrder(**{**fields, **changes})  # type: ignore[arg-type]


def seen_by(
    manifests: Sequence[Manifest], orders: Sequence[PlatformOrder] = (), first: int = 0
) -> ManifestTable:
    """Return a batch of which each parcel has seen those before it, read from offset `first` on."""
    table = ManifestTable(manifests)
    table.histories = Histories(len(table), [make_part(table, orders, first)])
    return table


def make_part(table: ManifestTable, orders: Sequence[PlatformOrder] = (), first: int = 0) -> Part:
    """Return what a whole batch has seen."""
    times = np.array([int(one.timestamp()) for one in table.column("submitted_at")])
    offsets = np.arange(first, first + len(table))
    near = np.zeros(len(table), dtype=np.bool_)
    parcels = _IDENTITIES.parcels(table, offsets, times, table.euro, near)
    unit = Unit(Source(TOPIC, 0), first, first + len(table), parcels)
    return Part(_seen(unit, orders), np.arange(len(table)), parcels.ids)


def _seen(unit: Unit, orders: Sequence[PlatformOrder]) -> Seen:
    exchange = VisitExchange(unit, _CONFIGURATION)
    (arguments,) = exchange.arguments()
    parts = [bytes(part) for part in arguments]
    (generation,) = struct.unpack_from("<d", parts[0])
    entities = sum(map(len, parts[6::2])) // 8
    nothing = bytes(entities * RECORD.itemsize) + bytes(4)
    asked = np.frombuffer(parts[1], "<u8").tolist()
    return exchange.seen(
        [struct.pack("<dd", unit.next, generation) + nothing + _answer(asked, orders)]
    )


def _answer(asked: Sequence[int], orders: Sequence[PlatformOrder]) -> bytes:
    """Return what a store with these orders answers."""
    if not orders:
        return bytes(len(asked) * ORDER.itemsize)
    columns, count = columns_of(orders), len(orders)
    ids = _IDENTITIES.orders(columns.platform_id, columns.order_id)
    unit = OrderUnit(
        source=Source("parcels.orders", 0),
        start=0,
        next=count,
        offsets=np.arange(count),
        logged=np.zeros(count, dtype=np.int64),
        ids=ids,
        sellers=_IDENTITIES.sellers(columns.platform_id, columns.seller_id),
        prices=columns.price_paid,
        currencies=columns.currency,
        titles=columns.listing_title,
    )
    known = {key: unit.packed(np.array([row])) for row, key in enumerate(ids.tolist())}
    found = [known.get(key, (bytes(ORDER.itemsize), b"")) for key in asked]
    return b"".join(fixed + title for fixed, title in found)
