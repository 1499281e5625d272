"""A log in memory with a group and transactions, whose calls fail when a test says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, Message, TopicPartition

from streams.kafka.connections import ConnectionLog

TOPIC = "parcels.manifests"
UNKNOWN = -1001

ABORT = KafkaError(KafkaError._FAIL, "abort", txn_requires_abort=True)
RETRY = KafkaError(KafkaError._FAIL, "again", retriable=True)
FENCED = KafkaError(KafkaError._FENCED, "fenced", fatal=True)


class Late(NamedTuple):
    """A request to carry offsets that is still on its way."""

    epoch: int
    generation: int
    offsets: dict[int, int]


class Broker:
    """What outlives its clients: records, committed offsets, committed outputs, a generation."""

    def __init__(self, *partitions: Sequence[int]) -> None:
        """Each partition has records at some offsets, whose values say where they are."""
        self.log = [
            [
                Message(TOPIC, number, at, value=b"%d:%d" % (number, at), timestamp=(1, 1_000 * at))
                for at in offsets
            ]
            for number, offsets in enumerate(partitions)
        ]
        self.committed: dict[int, int] = {}
        self.outputs: list[bytes | None] = []
        self.generation = 1
        self.epoch = 0
        self.late: list[Late] = []
        self.calls: list[str] = []
        self._failing: defaultdict[str, dict[int, KafkaError]] = defaultdict(dict)
        self._called: defaultdict[str, int] = defaultdict(int)
        self._breaking: set[int] = set()

    @property
    def values(self) -> list[bytes | None]:
        """Return all records."""
        return [message.value() for partition in self.log for message in partition]

    def fail(self, call: str, error: KafkaError, *times: int) -> None:
        """Let some calls of a function fail, counted from 0."""
        self._failing[call].update(dict.fromkeys(times, error))

    def break_connection(self, *times: int) -> None:
        """Let some requests to carry offsets come a second time, late, from a broken connection."""
        self._breaking.update(times)

    def breaks(self) -> bool:
        """Tell whether the connection broke at the newest request to carry offsets."""
        return self._called["offsets"] - 1 in self._breaking

    def note(self, call: str) -> None:
        """Note a call, and fail if it is to."""
        self.calls.append(call)
        number = self._called[call]
        self._called[call] += 1
        if number in self._failing[call]:
            raise KafkaException(self._failing[call][number])


class Member:
    """The group's consumer. `move` takes its partitions away and gives them back."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._positions: dict[int, int] = {}
        self._moves = False
        self.errors: list[KafkaError] = []
        self.member = "member"
        self.heard = [True, True]
        self.waits: list[float] = []
        self.is_closed = False

    def move(self) -> None:
        """Let the next call of `consume` tell of a rebalance."""
        self._moves = True

    def subscribe(
        self, topics: list[str], on_assign: Callable[..., None], **others: Callable[..., None]
    ) -> None:
        assert topics == [TOPIC]
        self._told = [others["on_revoke"], on_assign]
        self.lose = lambda: others["on_lost"](self, self.assignment())
        self._assign()

    def consume(self, size: int, wait: float) -> list[Message]:
        self.waits.append(wait)
        if self._moves:
            self._moves = False
            self._broker.generation += 1
            self._assign()
            for told in self._told:
                told(self, self.assignment())
        if self.errors:
            return [Message(TOPIC, 0, 0, error=self.errors.pop())]
        found: list[Message] = []
        for number, partition in enumerate(self._broker.log):
            at = self._positions[number]
            found += [one for one in partition if (one.offset() or 0) >= at][: size - len(found)]
        for message in found:
            self._positions[message.partition() or 0] = (message.offset() or 0) + 1
        return found

    def assignment(self) -> list[TopicPartition]:
        return [TopicPartition(TOPIC, number) for number in range(len(self._broker.log))]

    def committed(self, asked: list[TopicPartition], seconds: float) -> list[TopicPartition]:
        assert seconds > 0
        known = self._broker.committed
        return [
            TopicPartition(one.topic, one.partition, known.get(one.partition, UNKNOWN))
            for one in asked
        ]

    def seek(self, to: TopicPartition) -> None:
        assert to.offset >= 0 or to.offset == OFFSET_BEGINNING
        self._positions[to.partition] = max(to.offset, 0)

    def get_watermark_offsets(self, of: TopicPartition, cached: bool) -> tuple[int, int]:
        assert cached
        partition = self._broker.log[of.partition]
        found = partition[0].offset() or 0, (partition[-1].offset() or 0) + 1
        low, high = (at if heard else UNKNOWN for at, heard in zip(found, self.heard, strict=True))
        return low, high

    def memberid(self) -> str:
        return self.member

    def consumer_group_metadata(self) -> int:
        return self._broker.generation

    def close(self) -> None:
        self.is_closed = True

    def _assign(self) -> None:
        known = self._broker.committed
        self._positions = {at: known.get(at, 0) for at in range(len(self._broker.log))}


class InMemoryProducer:
    """A transactional producer: what it sent counts when it commits, offsets of its group too."""

    def __init__(self, broker: Broker, connections: ConnectionLog) -> None:
        self._broker = broker
        self._connections = connections
        self._said: list[str] = []
        self._arriving: list[Late] = []
        self._open = False
        self._sent: list[bytes | None] = []
        self._offsets: dict[int, int] = {}
        self.full_for = 0

    def init_transactions(self, seconds: float) -> None:
        assert seconds > 0
        self._broker.note("init")
        self._broker.epoch += 1
        self._epoch = self._broker.epoch
        self._said.append("bootstrap: Broker changed state UP -> DOWN")  # it is not needed any more

    def begin_transaction(self) -> None:
        self._broker.note("begin")
        assert not self._open
        self._open = True
        self._arriving, self._broker.late = self._broker.late, []

    def produce(self, topic: str, value: bytes | None, _key: Any, **_: Any) -> None:
        assert topic
        if self.full_for:
            self.full_for -= 1
            raise BufferError
        self._broker.note("produce")
        assert self._open
        self._sent.append(value)

    def poll(self, seconds: float) -> None:
        assert 0 <= seconds < 0.1
        self._broker.calls.append("poll")
        for said in self._said:
            self._connections.log(10, "%s [%s] %s", "STATE", "producer", said)
        self._said.clear()

    def send_offsets_to_transaction(
        self, offsets: list[TopicPartition], membership: int, seconds: float
    ) -> None:
        assert seconds > 0
        self._broker.note("offsets")
        if membership != self._broker.generation:
            raise KafkaException(ABORT)
        self._offsets = {one.partition: one.offset for one in offsets}
        if self._broker.breaks():
            self._said.append("broker: Broker changed state UP -> DOWN")
            self._broker.late.append(Late(self._epoch, membership, self._offsets))

    def commit_transaction(self) -> None:
        self._broker.note("commit")
        self._broker.outputs += self._sent
        for one in self._arriving:
            if (one.epoch, one.generation) == (self._broker.epoch, self._broker.generation):
                self._offsets |= one.offsets
        self._broker.committed |= self._offsets
        self._end()

    def abort_transaction(self) -> None:
        self._broker.note("abort")
        self._end()

    def _end(self) -> None:
        assert self._open
        self._open, self._sent, self._offsets = False, [], {}
