"""Applying records again, whose effect on the profiles the store has lost or never had."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from typing import Final

from scorers.assessment.assessor import Assessor
from scorers.profiles import Identities, ProfileStore, Source
from streams import clock
from streams.clock import MonotonicClock
from streams.kafka.batch import PostponedError
from streams.profiles.applying import Applier
from streams.profiles.stretches import StretchReader
from streams.settings import KafkaSettings

_MOST_SECONDS: Final = 20.0
"""A worker that catches up for longer than `max.poll.interval` would lose its partitions."""


class ProfileReplayer:
    """Catches up with manifests and orders.

    What takes long is done bit by bit: `PostponedError` tells that there is more to do, and the
    store remembers where to go on.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        orders: str,
        store: ProfileStore,
        identities: Identities,
        assessor: Assessor,
        now: MonotonicClock = clock.monotonic,
    ) -> None:
        """`orders` is the topic of orders; all other sources are of manifests."""
        self._kafka = kafka
        self._orders = orders
        self._applier = Applier(store, identities, assessor)
        self._now = now

    def catch_up(self, source: Source, cuts: Sequence[int]) -> None:
        """Apply the records between each cut and the next one, which units must not span."""
        of_orders = source.topic == self._orders
        apply = self._applier.orders if of_orders else self._applier.manifests
        deadline = self._now() + _MOST_SECONDS
        with closing(StretchReader(self._kafka)) as reader:
            for start, end in pairwise(cuts):
                for stretch in reader.read(source, start, end):
                    apply(stretch)
                    if stretch.end < cuts[-1] and self._now() > deadline:
                        done = f"profiles have caught up to {stretch.end} of {cuts[-1]}"
                        raise PostponedError(f"{source}: {done}")
