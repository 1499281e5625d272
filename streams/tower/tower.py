"""The control tower: which topics it folds into which books."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from faust.types import TopicT

from streams.settings import Settings
from streams.tower.application import new_app
from streams.tower.folding import Folding
from streams.tower.keepers import LaneKeeper, LedgerKeeper
from streams.tower.shelf import Shelf

FLUSH_SECONDS: Final = 1.0
_RAW: Final[dict[str, Any]] = {
    "key_type": bytes,
    "value_type": bytes,
    "key_serializer": "raw",
    "value_serializer": "raw",
    "allow_empty": True,
}


class Tower:
    """The Faust application with its books."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        topics = settings.topics
        self.app = new_app(settings, folder)
        self.folding = Folding(self.app, self._topic(topics.alerts))
        lanes = Shelf(self.app, "lanes")
        ledger = Shelf(self.app, "ledger", self._compacted(topics.ioss_ledger))
        self.lanes, self.ledger = LaneKeeper(lanes), LedgerKeeper(ledger)
        self.folding.add(self.lanes, self._topic(topics.lane_stats))
        self.folding.add(self.ledger, self._topic(topics.ioss_deltas))
        ledger.table.on_recover(self._recovered)
        lanes.table.on_recover(self._recovered)
        self.app.timer(FLUSH_SECONDS)(self.folding.flush)

    async def _recovered(self) -> None:
        self.folding.reload()

    def _topic(self, name: str) -> TopicT:
        return self.app.topic(name, **_RAW)

    def _compacted(self, name: str) -> TopicT:
        return self.app.topic(
            name,
            **_RAW,
            acks=False,
            internal=True,
            compacting=True,
            deleting=False,
            maxsize=131_072,
            partitions=self.app.conf.topic_partitions,
        )
