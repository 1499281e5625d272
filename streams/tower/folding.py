"""Folding streams into books: positions are committed only when the effect of records is safe."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import cast

import faust
from faust.types import TP, Message, TopicT

from schemas.alert import Alert
from schemas.codec import RecordError, encode
from streams import clock, metrics
from streams.announcing import alert_headers
from streams.tower.committed import CommittedConsumer, CommittedTransport
from streams.tower.keepers import Keeper

log = logging.getLogger(__name__)


class Folding:
    """Moves records from topics to keepers, and what they find out to the topic of alerts.

    Every few seconds what has changed is put on the shelves and flushed, and only then it is
    committed how far that is. So what the group has committed is always in the changelogs, and what
    is read again after a crash is told by the offsets within.
    """

    def __init__(self, app: faust.App, alerts: TopicT, source: str | None = None) -> None:
        """`source` is that of alerts as CloudEvents, if that is what they are to be."""
        self._app = app
        self._alerts = alerts
        self._source = source
        self._keepers: list[Keeper] = []
        self._raised: list[Alert] = []
        self._next: dict[TP, int] = {}
        self._committed: dict[TP, int] = {}
        self._lock = asyncio.Lock()
        self._ours = False
        app.on_partitions_revoked.connect(self._revoked)
        self.unreadable = 0
        self.recent: list[Alert] = []

    def add(self, keeper: Keeper, topic: TopicT) -> None:
        """Let a keeper fold a topic."""
        self._keepers.append(keeper)
        # It has no agent, so Faust must be told to subscribe to it.
        self._app.topics.add(topic)
        transport = cast("CommittedTransport", self._app.transport)
        transport.takers[topic.get_topic_name()] = partial(self._take, keeper)

    def reload(self) -> None:
        """Start again from what is safe: partitions have come or gone."""
        self._ours = True
        self._raised.clear()
        self._next.clear()
        self._committed.clear()
        for keeper in self._keepers:
            keeper.reload()

    async def flush(self) -> None:
        """Make safe what has been taken in so far, and commit how far that is."""
        async with self._lock:
            generation = self._app.consumer_generation_id
            if not await self._is_owner():
                return
            positions = dict(self._next)
            # At once after it was asked: the others are waiting for us if we are to give away any.
            for keeper in self._keepers:
                keeper.keep()
            await self.tell()
            await self._app.producer.flush()
            if generation == self._app.consumer_generation_id:
                await self._commit(positions)

    async def _commit(self, positions: Mapping[TP, int]) -> None:
        consumer = cast("CommittedConsumer", self._app.consumer)
        moved = {tp: at for tp, at in positions.items() if self._committed.get(tp) != at}
        if moved and await consumer.commit_positions(moved):
            self._committed |= moved

    def lag(self) -> Counter[str]:
        """Return how many records of each topic are not folded yet, where any was."""
        consumer = self._app.consumer
        behind: Counter[str] = Counter()
        for place, offset in self._next.items():
            behind[place.topic] += max((consumer.highwater(place) or 0) - offset, 0)
        return behind

    async def _is_owner(self) -> bool:
        """Return whether what is written now is not over what another one has written.

        A process that was stopped for a while, or hung, does not know that it was replaced.
        """
        consumer = cast("CommittedConsumer", self._app.consumer)
        asked = clock.monotonic()
        if not (self._ours and await consumer.is_member()):
            return False
        # An answer that is old says nothing of now.
        recent = clock.monotonic() - asked < self._app.conf.broker_session_timeout / 2
        return recent and self._ours and not self._app.rebalancing

    async def tell(self) -> None:
        """Send the alerts that were raised; one raised again by a repeat has the same id."""
        raised, self._raised = self._raised, []
        for alert in raised:
            headers = cast("list[tuple[str, bytes]] | None", alert_headers(self._source, alert))
            await self._alerts.send(key=alert.about.encode(), value=encode(alert), headers=headers)

    async def _revoked(self, *_: object, **__: object) -> None:
        """Keep nothing of partitions that may be another's; they are reloaded when it is known."""
        self._ours = False

    def _take(self, keeper: Keeper, message: Message) -> None:
        self._next[message.tp] = message.offset + 1
        try:
            alerts: Sequence[Alert] = [
                *keeper.take(message.partition, message.offset, message.value)
            ]
        except RecordError as error:
            self.unreadable += 1
            at = f"{message.topic}:{message.partition}:{message.offset}"
            log.warning("%s: left out, it cannot be read: %s", at, error)
            return
        for alert in alerts:
            log.info("%s", alert.text)
            metrics.TOWER_ALERTS.labels(alert.kind).inc()
        self._raised += alerts
        self.recent = [*self.recent, *alerts][-200:]
