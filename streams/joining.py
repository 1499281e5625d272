"""The join step: held decisions and outcomes become labelled examples, in one order, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

from confluent_kafka import Message

from schemas import example
from schemas.codec import RecordError, decode_decision, decode_outcome, encode
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.outcome import InspectionOutcome
from streams import metrics
from streams.kafka.batch import Batch
from streams.kafka.producing import Output
from streams.kafka.records import coordinates
from streams.queueing import InspectionQueue
from streams.rejects import reject
from streams.settings import TopicSettings
from streams.waiting import Arrival, Match, WaitingRoom


class JoinHandler:
    """Turns a batch of holds and outcomes into examples for the training log."""

    def __init__(
        self, room: WaitingRoom, queue: InspectionQueue, topics: TopicSettings, mini_batch: int
    ) -> None:
        self._room = room
        self._queue = queue
        self._topics = topics
        self._mini_batch = mini_batch
        self._matched: list[str] = []
        self._inspected: Counter[str] = Counter()

    def __call__(self, batch: Batch) -> list[Output]:
        """Return the examples that the batch completes, and a reject for what cannot be read."""
        arrivals: list[Arrival] = []
        outputs: list[Output] = []
        for message in batch.messages:
            try:
                arrivals.append(self._arrival(message))
            except RecordError as error:
                outputs.append(reject(message, error, self._topics.rejected))
        matches = self._room.meet(arrivals)
        self._matched = [match.arrival.decision_id for match in matches]
        return outputs + self._examples(matches)

    def committed(self) -> None:
        """Forget what the batch that was just committed has brought together."""
        self._room.forget(self._matched)
        self._queue.add({office: -count for office, count in self._inspected.items()})
        metrics.OUTCOMES.labels("matched").inc(len(self._matched))

    def _arrival(self, message: Message) -> Arrival:
        """Return what arrived; raise `RecordError` if it cannot be read."""
        topic, partition, offset = coordinates(message)
        value = message.value()
        is_hold = topic == self._topics.hold
        record = decode_decision(value) if is_hold else decode_outcome(value)
        return Arrival(
            is_hold, record.decision_id, f"{topic}:{partition}:{offset}", bytes(value or b"")
        )

    def _examples(self, matches: Sequence[Match]) -> list[Output]:
        """Return the matches as examples; every `mini_batch`-th one, and the last, closes one."""
        last = len(matches)
        holds = [decode_decision(match.hold) for match in matches]
        self._inspected = Counter(hold.office_of_entry for hold in holds)
        examples = [
            _example(
                hold,
                decode_outcome(match.outcome),
                closes=number % self._mini_batch == 0 or number == last,
            )
            for number, match, hold in zip(count(1), matches, holds, strict=False)
        ]
        return [Output(self._topics.training, None, encode(example)) for example in examples]


def _example(hold: Decision, outcome: InspectionOutcome, closes: bool) -> LabelledExample:
    return LabelledExample(
        schema_version=example.SCHEMA_VERSION,
        decision_id=hold.decision_id,
        item_id=hold.item_id,
        outcome_id=outcome.outcome_id,
        inspected_at=outcome.inspected_at,
        label=outcome.result == "violation",
        arm=hold.arm,
        probability=hold.probability,
        propensity=hold.propensity,
        closes_batch=closes,
        features=hold.features or {},
    )
