"""Profiles and orders as a worker and a learner keep them, without Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from redis import Redis

from schemas.example import LabelledExample
from schemas.order import PlatformOrder
from scorers.features.batch import Integers
from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.profiles import (
    KINDS,
    Identities,
    OrderUnit,
    OutcomeUnit,
    ProfileConfiguration,
    ProfileStore,
    Source,
)
from scorers.scanning.orders import columns_of
from streams.kafka.batch import Span
from streams.profiles.orders import read_orders
from streams.profiles.reading import Reading
from streams.profiles.visiting import ProfileVisitor

MANIFESTS: Final = Source("parcels.manifests", 0)
_ORDERS: Final = Source("parcels.orders", 0)
_TRAINING: Final = Source("parcels.training", 0)
_SECRET: Final = b"secret of the bench"
_BASE: Final = 16


class Memory:
    """A fresh profile store. Records of each kind count as one partition of their topic."""

    def __init__(self, client: Redis, session: str) -> None:
        configuration = ProfileConfiguration(_SECRET, namespace=f"bench:{session}")
        self._store = ProfileStore(client, configuration, session)
        self._store.open()
        self._identities = Identities(_SECRET)
        self._visitor = ProfileVisitor(self._store, self._identities, _ORDERS.topic, _nothing_lost)
        self._store.resume(_ORDERS, 0, begin=True)
        self._store.resume_outcomes(_TRAINING, 0, begin=True)
        self._orders = self._outcomes = 0

    def visit(self, table: ManifestTable, start: int, logged: Integers) -> Histories:
        """Return what manifests saw that were read from offset `start` on."""
        end = start + len(table)
        reading = Reading.of_partition(MANIFESTS, np.arange(start, end), logged)
        told = self._visitor.told(table, reading, read_orders([], [])[0])
        spans = {MANIFESTS: Span(start, end, start == 0)}
        return self._visitor.send(told, spans).receive().histories

    def take(self, orders: Sequence[PlatformOrder], logged: Integers) -> None:
        """Store orders."""
        if not orders:
            return
        start, self._orders = self._orders, self._orders + len(orders)
        columns = columns_of(orders)
        unit = OrderUnit(
            source=_ORDERS,
            start=start,
            next=self._orders,
            offsets=np.arange(start, self._orders),
            logged=logged,
            ids=self._identities.orders(columns.platform_id, columns.order_id),
            sellers=self._identities.sellers(columns.platform_id, columns.seller_id),
            prices=columns.price_paid,
            currencies=columns.currency,
            titles=columns.listing_title,
        )
        self._store.put_orders([unit])

    def count(self, examples: Sequence[LabelledExample]) -> None:
        """Count what inspections found."""
        if not examples:
            return
        start, self._outcomes = self._outcomes, self._outcomes + len(examples)
        keys = [[int(key, _BASE) for key in one.features["entities"]] for one in examples]
        self._store.count_outcomes(
            OutcomeUnit(
                _TRAINING,
                start,
                self._outcomes,
                np.arange(start, self._outcomes),
                np.array(keys, dtype=np.uint64).reshape(-1, len(KINDS)).T,
                np.array([one.label for one in examples], dtype=np.bool_),
                np.array([one.corrects is not None for one in examples], dtype=np.bool_),
            )
        )


def _nothing_lost(source: Source, cuts: Sequence[int]) -> None:
    raise RuntimeError(f"{source}: expected a store that keeps all, got one at {list(cuts)}")
