"""A changelog-backed table whose values are put into a partition by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import faust
from faust.types import TopicT

from streams.kafka.topics import BY_BROKER


class Shelf:
    """Bytes by key, kept by Faust in a changelog topic, each in the partition it came from.

    Faust's own way to set a value takes the partition of the event at hand. Here many events are
    added up before anything is kept, so the partition is told. Keys are unique over partitions.

    What a tower has sent that was taken for dead can be written after what its successor wrote. So
    with `version` the newest value counts when a changelog is read, not the last one.
    """

    def __init__(
        self,
        app: faust.App,
        name: str,
        changelog: TopicT | None = None,
        version: Callable[[bytes], int] | None = None,
    ) -> None:
        self._table: Any = app.Table(
            name,
            key_type=bytes,
            value_type=bytes,
            partitions=app.conf.topic_partitions,
            changelog_topic=changelog,
            extra_topic_configs=BY_BROKER,
            on_changelog_event=self._recovered,
        )
        self._app = app
        self._version = version
        self._partition_of: dict[bytes, int] = {}
        self._newest: dict[bytes, tuple[int, bytes]] = {}

    @property
    def table(self) -> Any:
        """Faust's table."""
        return self._table

    def put(self, partition: int, key: bytes, value: bytes) -> None:
        """Keep a value; it is safe once the producer is flushed."""
        self._table.data[key] = value
        self._partition_of[key] = partition
        self._table.send_changelog(partition, key, value)

    def drop(self, partition: int, key: bytes) -> None:
        """Forget a value."""
        self._table.data.pop(key, None)
        self._partition_of.pop(key, None)
        self._table.send_changelog(partition, key, None, value_serializer="raw")

    def kept(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield partition, key and value of all that is kept in the partitions that are ours."""
        self._table.data.update({key: value for key, (_, value) in self._newest.items()})
        self._newest.clear()
        ours = self.partitions()
        for key, partition in list(self._partition_of.items()):
            value = self._table.data.get(key)
            if partition in ours and value is not None:
                yield partition, key, value

    def oldest(self, kind: bytes, most: int = 100) -> list[tuple[int, bytes, bytes]]:
        """Return some of what was kept first and names `kind` in the second part of its key."""
        found = []
        for key, partition in self._partition_of.items():
            if key.split(b"/", 2)[1] == kind:
                found.append((partition, key, self._table.data[key]))
                if len(found) >= most:
                    break
        return found

    def partitions(self) -> set[int]:
        """Return the partitions that are ours."""
        topic = self._table.changelog_topic_name
        return {tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == topic}

    async def _recovered(self, event: Any) -> None:
        key, value = event.key, event.message.value
        if value is None:
            self._partition_of.pop(key, None)
            self._newest.pop(key, None)
            return
        self._partition_of[key] = event.message.partition
        if self._version is not None:
            version = self._version(value)
            if key not in self._newest or version >= self._newest[key][0]:
                self._newest[key] = version, value
