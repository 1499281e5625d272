"""What the profile store costs: CPU of the server and of the worker a parcel, bytes an entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from time import process_time
from typing import Any, Final

import numpy as np
from redis import Redis

from bench.profiles.traffic import START, Traffic
from bench.speed.recording import recorded_manifests
from scorers.features.declared import DeclaredTable
from scorers.features.texts import texts_of
from scorers.profiles import Identities, OrderUnit, ProfileConfiguration, ProfileStore, Seen, Source
from scorers.profiles.units import Unit
from scorers.scanning.reading import read_manifests

SECRET: Final = b"bench secret"
BATCH: Final = 1_000
_UNITS: Final = 60
_WARM_UP: Final = 10
_ROUND: Final = 5
_KNOWN_ORDERS: Final = 0.9
_ORDERS: Final = Source("parcels.orders", 0)
_FEATURE_NUMBERS: Final = ("submitted_at", "main.value", "main.quantity", "total_value")
"""What feature extraction has read before."""


def measure(url: str, entities: int, shards: int = 1, batch: int = BATCH) -> dict[str, Any]:
    """Return figures for a store with about so many entities."""
    client = Redis.from_url(url)
    client.flushall()
    store = ProfileStore(client, ProfileConfiguration(SECRET, shards=shards), f"{entities}")
    store.open()
    traffic = Traffic(entities)
    start = _fill(store, traffic)
    keys = list(client.scan_iter("*:p:*"))
    known = sum(client.hlen(key) for key in keys)
    # Of all fields, not of a sample of them; answers that wait for a commit are no entities.
    size = sum(client.memory_usage(key, samples=0) for key in keys) / known
    units = list(traffic.units(batch, _UNITS, start))
    _put_orders(store, units)
    return {
        "entities": known,
        "bytes_an_entity": size,
        "visits_a_parcel": _mean([np.count_nonzero(unit.parcels.ids) for unit in units], batch),
        "distinct_a_parcel": _mean(
            [len(np.unique(unit.parcels.ids[unit.parcels.ids > 0])) for unit in units], batch
        ),
        **_visit(client, store, units, batch),
    }


def _mean(counts: Sequence[int], batch: int) -> float:
    return float(sum(counts) / len(counts) / batch)


def _fill(store: ProfileStore, traffic: Traffic) -> int:
    end = 0
    for unit in traffic.visiting_all(BATCH):
        if end == 0:
            store.resume(unit.source, 0, begin=True)
        store.apply([unit])
        end = unit.next
    return end


def _put_orders(store: ProfileStore, units: Sequence[Unit]) -> None:
    """Store most of the orders beforehand, as platforms do."""
    store.resume(_ORDERS, 0, begin=True)
    start = 0
    for unit in units:
        count = int(len(unit.parcels) * _KNOWN_ORDERS)
        offsets = np.arange(start, start + count)
        orders = OrderUnit(
            source=_ORDERS,
            start=start,
            next=start + count,
            offsets=offsets,
            logged=np.full(count, START),
            ids=unit.parcels.orders[:count],
            sellers=unit.parcels.ids[2, :count],
            prices=unit.parcels.value[:count],
            currencies=texts_of(["EUR"] * count),
            titles=texts_of(["printed cotton t-shirt, 2 pieces, size L"] * count),
        )
        store.put_orders([orders])
        start += count


def _visit(
    client: Redis, store: ProfileStore, units: Sequence[Unit], batch: int
) -> dict[str, float]:
    """Return microseconds a parcel, medians over rounds of some units."""
    for unit in units[:_WARM_UP]:
        read_all(store.visit([unit])[0])
    rounds: dict[str, list[float]] = {"store": [], "send": [], "receive": [], "read": []}
    for some in _batched(units[_WARM_UP:], _ROUND):
        began = server_seconds(client)
        times = [_times(store, unit) for unit in some]
        scale = 1e6 / batch / len(some)
        rounds["store"].append((server_seconds(client) - began) * scale)
        for name, column in zip(("send", "receive", "read"), zip(*times, strict=True), strict=True):
            rounds[name].append(sum(column) * scale)
    return {f"{name}_us": median(found) for name, found in rounds.items()}


def _times(store: ProfileStore, unit: Unit) -> tuple[float, float, float]:
    marks = [process_time()]
    flight = store.send([unit])
    marks.append(process_time())
    (seen,) = flight.receive().seen
    marks.append(process_time())
    read_all(seen)
    marks.append(process_time())
    first, second, third = np.diff(marks).tolist()
    return first, second, third


def read_all(seen: Seen) -> list[object]:
    """Read every column of what parcels saw."""
    windowed = [seen.counts, seen.values, seen.weights, seen.log_unit_value, seen.log_value_per_kg]
    counted = [seen.total, seen.near_share, seen.distinct, seen.inspected, seen.violations]
    return [*windowed, *counted, seen.age_hours, seen.idle_hours, seen.former, seen.orders.price]


def server_seconds(client: Redis) -> float:
    """Return the CPU time of the server and its children so far."""
    found = client.info("cpu")
    names = ("used_cpu_user", "used_cpu_sys", "used_cpu_user_children", "used_cpu_sys_children")
    return float(sum(found[name] for name in names))


def identify_microseconds(count: int = 20_000) -> float:
    """Return what hashing simulated parcels takes, once their numbers were read for features."""
    values, identities = list(recorded_manifests(count)), Identities(SECRET)
    return median(_per_parcel(identities, part) for part in _batched(values, BATCH))


def _batched(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (values[first : first + size] for first in range(0, len(values), size))


def _per_parcel(identities: Identities, values: Sequence[bytes]) -> float:
    table = DeclaredTable(read_manifests(values).declared)
    for name in _FEATURE_NUMBERS:
        table.numbers(name)
    numbers, euro = np.arange(len(values)), np.ones(len(values))
    began = process_time()
    identities.parcels(table, numbers, numbers, euro, euro > 1)
    return (process_time() - began) / len(values) * 1e6
