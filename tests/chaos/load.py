"""Load that goes on whatever happens: manifests, and outcomes of what is held."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from time import monotonic, sleep
from typing import Any, Final

from confluent_kafka import Consumer, Producer

from schemas.codec import encode
from schemas.outcome import InspectionOutcome
from streams.clock import utc_now
from streams.settings import Settings
from tests.chaos.checker import QUIET

_PER_TURN_SECONDS: Final = 0.1
_LOOK_SECONDS: Final = 1.0
_FLUSH_SECONDS: Final = 60.0


class Load:
    """Two threads with clients of their own; as a context it runs until the end of the block."""

    def __init__(
        self, settings: Settings, values: Iterator[bytes], rate: int, room: Callable[[], int]
    ) -> None:
        """Publish at most `rate` manifests a second, and by now not more than `room` says."""
        self._settings = settings
        self._room = room
        self._values = values
        self._rate = rate
        self._stop = threading.Event()
        self.published = 0
        self.outcomes: set[str] = set()
        self._failures: list[BaseException] = []
        work: Sequence[Callable[[], None]] = (self._publish, self._inspect)
        self._threads = [threading.Thread(target=self._run, args=(one,)) for one in work]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where the load ends
            self._failures.append(error)

    def _publish(self) -> None:
        producer = self._producer()
        due, most, looked, turn = 0.0, 0, 0.0, monotonic()
        while not self._stop.is_set():
            if monotonic() - looked > _LOOK_SECONDS:
                most, looked = self._room(), monotonic()
            now, before = monotonic(), turn
            turn = now
            due = min(due + (now - before) * self._rate, max(most, self.published))
            while self.published < int(due):
                value, key = next(self._values), str(self.published)
                _produce(producer, self._settings.topics.manifests, value, key)
                self.published += 1
            producer.poll(0)
            sleep(_PER_TURN_SECONDS)
        _flush(producer)

    def _inspect(self) -> None:
        topics = self._settings.topics
        producer = self._producer()
        options = {"group.id": "chaos-inspector", "auto.offset.reset": "earliest"}
        with closing(Consumer({**self._client(), **options})) as consumer:
            consumer.subscribe([topics.hold])
            while not self._stop.is_set():
                for message in consumer.consume(500, 0.2):
                    decision = None if message.error() else json.loads(message.value() or b"{}")
                    if decision is not None and decision["decision_id"] not in self.outcomes:
                        self.outcomes.add(decision["decision_id"])
                        _produce(producer, topics.outcomes, _outcome(decision))
                producer.poll(0)
        _flush(producer)

    def _client(self) -> dict[str, Any]:
        brokers = self._settings.kafka.bootstrap_servers
        return {"bootstrap.servers": brokers, "log_level": QUIET}

    def _producer(self) -> Producer:
        return Producer({**self._client(), "enable.idempotence": True, "linger.ms": 5})


def _outcome(decision: dict[str, Any]) -> bytes:
    name = decision["decision_id"]
    return encode(
        InspectionOutcome(
            schema_version=1,
            outcome_id=f"o-{name}",
            decision_id=name,
            item_id=decision["item_id"],
            inspected_at=utc_now(),
            result="violation" if name.endswith("3") else "compliant",
        )
    )


def _produce(producer: Producer, topic: str, value: bytes, key: str | None = None) -> None:
    """Produce a record, and wait while a broker that is away leaves no room for it."""
    while True:
        try:
            return producer.produce(topic, value, key)
        except BufferError:
            producer.poll(_PER_TURN_SECONDS)


def _flush(producer: Producer) -> None:
    if producer.flush(_FLUSH_SECONDS):
        raise TimeoutError("records were not acknowledged")
