"""Applying records again, whose effect on the profiles the store has lost or never had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from typing import Final

from scorers.assessment.assessor import Assessor
from scorers.profiles import Identities, ProfileStore, Source
from streams import clock
from streams.clock import MonotonicClock
from streams.kafka.batch import PostponedError
from streams.profiles.applying import Applier
from streams.profiles.stretches import Stretch, StretchReader
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
        store: ProfileStore,
        identities: Identities,
        assessor: Assessor,
        now: MonotonicClock = clock.monotonic,
    ) -> None:
        self._kafka = kafka
        self._applier = Applier(store, identities, assessor)
        self._now = now

    def catch_up(self, source: Source, cuts: Sequence[int]) -> None:
        """Apply the manifests between each cut and the next one, which units must not span."""
        self._catch_up(self._applier.manifests, source, cuts)

    def catch_up_orders(self, source: Source, cuts: Sequence[int]) -> None:
        """Store the orders between each cut and the next one."""
        self._catch_up(self._applier.orders, source, cuts)

    def _catch_up(
        self, apply: Callable[[Stretch], int], source: Source, cuts: Sequence[int]
    ) -> None:
        deadline = self._now() + _MOST_SECONDS
        with closing(StretchReader(self._kafka)) as reader:
            for start, end in pairwise(cuts):
                for stretch in reader.read(source, start, end):
                    apply(stretch)
                    if stretch.end < cuts[-1] and self._now() > deadline:
                        done = f"profiles have caught up to {stretch.end} of {cuts[-1]}"
                        raise PostponedError(f"{source}: {done}")
