"""Batches of a consumer whose place in its group is in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from confluent_kafka import Message, TopicPartition

from streams.kafka.collecting import Collector
from tests.unit.streams.profiles.fakes import TOPIC, make_message


class Member:
    """A consumer with records at hand; its session may be over without its being told yet."""

    def __init__(self, count: int) -> None:
        self._log = [make_message(b"{}", offset) for offset in range(count)]
        self._next = 0
        self.name = "member-1"
        self.committed_to = 0

    def subscribe(self, topics: Sequence[str], **_: object) -> None:
        assert topics == [TOPIC]

    def consume(self, size: int, _wait: float) -> list[Message]:
        found = self._log[self._next : self._next + size]
        self._next += len(found)
        return found

    def memberid(self) -> str:
        return self.name

    def consumer_group_metadata(self) -> str:
        return f"metadata of {self.name!r}"

    def assignment(self) -> list[TopicPartition]:
        return [TopicPartition(TOPIC, 0)]

    def committed(self, asked: Sequence[TopicPartition], _seconds: float) -> list[TopicPartition]:
        return [TopicPartition(one.topic, one.partition, self.committed_to) for one in asked]

    def seek(self, to: TopicPartition) -> None:
        self._next = to.offset


def test_collect_by_a_member_gives_its_membership_with_the_batch() -> None:
    consumer = Member(10)
    batch = Collector(consumer, [TOPIC]).collect(4, 0.0)  # type: ignore[arg-type]
    assert batch is not None
    assert (len(batch.messages), batch.membership) == (4, "metadata of 'member-1'")


def test_collect_without_membership_gives_nothing_and_goes_back_to_what_is_committed() -> None:
    consumer = Member(10)
    collector = Collector(consumer, [TOPIC])  # type: ignore[arg-type]
    assert collector.collect(4, 0.0) is not None
    consumer.name, moves = "", collector.moves
    assert collector.collect(4, 0.0) is None
    assert collector.moves == moves + 1
    consumer.name = "member-2"
    batch = collector.collect(10, 0.0)
    assert batch is not None
    assert [place[2] for place in batch.places] == list(range(10))
