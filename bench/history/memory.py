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
from streams.kafka.batch import Span
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
        self._visitor = ProfileVisitor(self._store, self._identities, _nothing_lost)
        self._store.resume(_ORDERS, 0, begin=True)
        self._store.resume_outcomes(_TRAINING, 0, begin=True)
        self._orders = self._outcomes = 0

    def visit(self, table: ManifestTable, start: int, logged: Integers) -> Histories:
        """Return what manifests saw that were read from offset `start` on."""
        end = start + len(table)
        sources = [MANIFESTS] * len(table)
        reading = Reading(sources, np.arange(start, end), logged)
        parcels = self._visitor.parcels(table, reading)
        spans = {MANIFESTS: Span(start, end, start == 0)}
        return self._visitor.send(parcels, reading, spans).receive()

    def take(self, orders: Sequence[PlatformOrder], logged: Integers) -> None:
        """Store orders."""
        if not orders:
            return
        start, self._orders = self._orders, self._orders + len(orders)
        platforms = [order.platform_id for order in orders]
        unit = OrderUnit(
            source=_ORDERS,
            start=start,
            next=self._orders,
            offsets=np.arange(start, self._orders),
            logged=logged,
            ids=self._identities.orders(platforms, [order.order_id for order in orders]),
            sellers=self._identities.sellers(platforms, [order.seller_id for order in orders]),
            prices=np.array([order.price_paid for order in orders]),
            currencies=[order.currency for order in orders],
            titles=[order.listing_title for order in orders],
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
            )
        )


def _nothing_lost(source: Source, cuts: Sequence[int]) -> None:
    raise RuntimeError(f"{source}: expected a store that keeps all, got one at {list(cuts)}")
