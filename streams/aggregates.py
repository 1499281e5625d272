"""What a batch adds to the control tower's streams, as records of the batch's transaction."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.codec import encode
from schemas.reference.loading import Reference
from scorers.features.batch import Integers
from scorers.features.tables import ManifestTable
from scorers.lanes import LaneTally
from scorers.ledger import LedgerTally
from streams.kafka.producing import Output
from streams.settings import TopicSettings


class Aggregates:
    """Adds up batches: a dozen records instead of thousands for the tower to read."""

    def __init__(self, topics: TopicSettings, reference: Reference) -> None:
        self._topics = topics
        self._lanes = LaneTally()
        self._ledger = LedgerTally(reference)

    def of(self, table: ManifestTable, logged: Integers) -> Iterator[Output]:
        """Yield the records of one batch; `logged` is when its manifests were, in seconds."""
        if not len(table):
            return
        for key, stats in self._lanes.of(table, logged):
            yield Output(self._topics.lane_stats, key, encode(stats))
        for key, deltas in self._ledger.of(table):
            yield Output(self._topics.ioss_deltas, key, encode(deltas))
