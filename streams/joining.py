"""The join step: held decisions and outcomes become labelled examples, in one order, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, NamedTuple, cast

import numpy as np
from confluent_kafka import Message

from schemas import example
from schemas.codec import RecordError, decode_outcome, encode
from schemas.example import LabelledExample
from scorers.features.batch import Floats
from scorers.profiles.units import Source
from streams import metrics
from streams.cases import Arrival, Case
from streams.guarding import LabelGuard
from streams.kafka.batch import Batch, Span
from streams.kafka.positions import Positions
from streams.kafka.producing import Output
from streams.kafka.records import coordinates
from streams.labelling import Find, Labeller, Lesson
from streams.queueing import InspectionQueue
from streams.rejects import reject
from streams.replay.manifests import place_of
from streams.settings import TopicSettings
from streams.subjects import decode_subject
from streams.waiting import WaitingRoom

_MILLISECONDS: Final = 1_000.0


class Joined(NamedTuple):
    """What a batch held: holds, labels that it completed, and those in quarantine by source."""

    holds: int
    labels: int
    quarantined: Counter[str]


class JoinHandler:
    """Turns a batch of holds and outcomes into examples for the training log."""

    def __init__(
        self,
        room: WaitingRoom,
        queue: InspectionQueue,
        topics: TopicSettings,
        mini_batch: int,
        guard: LabelGuard,
        find: Find,
        positions: Positions,
        on_commit: Callable[[Joined], None] = lambda _: None,
    ) -> None:
        """`on_commit` is told after each commit what has come of the batch."""
        self._room = room
        self._queue = queue
        self._topics = topics
        self._mini_batch = mini_batch
        self._guard = guard
        self._positions = positions
        self._spans: Mapping[Source, Span] = {}
        self._labeller = Labeller(guard, find)
        self._on_commit = on_commit
        self._holds = 0
        self._done: dict[str, Case] = {}
        self._lessons: list[Lesson] = []
        self._counts: Counter[str] = Counter()

    def __call__(self, batch: Batch) -> list[Output]:
        """Return the examples that the batch completes, and a reject for what cannot be read."""
        self._spans = batch.spans
        self._positions.begin(batch.spans)
        arrivals: list[Arrival] = []
        outputs: list[Output] = []
        unknown = 0
        for message in batch.messages:
            try:
                arrival = self._arrival(message)
            except RecordError as error:
                outputs.append(reject(message, error, self._topics))
                continue
            if place_of(arrival.decision_id) is None:
                unknown += 1
            else:
                arrivals.append(arrival)
        self._join(arrivals)
        self._counts = self._labeller.counts + Counter(unreadable=len(outputs), unknown=unknown)
        return outputs + self._outputs()

    def committed(self) -> None:
        """Forget what the batch that was just committed has brought together."""
        self._positions.commit(self._spans)
        self._guard.commit()
        self._room.forget(self._done)
        inspected = Counter(one.decision.office_of_entry for one in self._lessons if one.was_held)
        self._queue.add({office: -count for office, count in inspected.items()})
        for kind, number in self._counts.items():
            metrics.OUTCOMES.labels(kind).inc(number)
        metrics.LABEL_DELAY.observe_many(_delays(self._lessons))
        quarantined = Counter(one.source for one in self._lessons if one.weight == 0)
        self._on_commit(Joined(self._holds, len(self._lessons), quarantined))

    def _arrival(self, message: Message) -> Arrival:
        """Return what arrived; raise `RecordError` if it cannot be read."""
        topic, partition, offset = coordinates(message)
        value = message.value()
        seconds = message.timestamp()[1] / _MILLISECONDS
        read_at = f"{topic}:{partition}:{offset}"
        if topic == self._topics.hold:
            subject = decode_subject(value)
            return Arrival(subject.decision_id, read_at, encode(subject), seconds)
        outcome = decode_outcome(value)
        return Arrival(outcome.decision_id, read_at, bytes(value or b""), seconds, outcome)

    def _join(self, arrivals: Sequence[Arrival]) -> None:
        """Learn from arrivals what is to be learnt, and keep what is known of their cases."""
        self._guard.begin()
        self._holds = sum(one.outcome is None for one in arrivals)
        cases = self._room.cases(one.decision_id for one in arrivals)
        self._lessons = self._labeller.lessons(arrivals, cases)
        self._room.keep(cases)
        # What is in quarantine may be confirmed, and then is needed again.
        learnt = {one.decision.decision_id for one in self._lessons if one.weight > 0}
        self._done = {one: cases[one] for one in learnt}

    def _outputs(self) -> list[Output]:
        """Return the examples; every `mini_batch`-th one, and the last, closes one."""
        last = len(self._lessons)
        examples = [
            _example(lesson, closes=number % self._mini_batch == 0 or number == last)
            for number, lesson in zip(count(1), self._lessons, strict=False)
        ]
        return [Output(self._topics.training, None, encode(one)) for one in examples]


def _delays(lessons: Sequence[Lesson]) -> Floats:
    """Return how long after the manifest each hold's outcome was reported, in seconds."""
    found = [
        one.seconds - one.decision.submitted_at.timestamp()
        for one in lessons
        if one.was_held and one.decision.submitted_at is not None
    ]
    return np.array(found, dtype=np.float64).clip(min=0.0)


def _example(lesson: Lesson, closes: bool) -> LabelledExample:
    decision, outcome = lesson.decision, lesson.outcome
    return LabelledExample(
        schema_version=example.SCHEMA_VERSION,
        decision_id=decision.decision_id,
        item_id=decision.item_id,
        outcome_id=outcome.outcome_id,
        inspected_at=outcome.inspected_at,
        label=outcome.result == "violation",
        arm=decision.arm,
        probability=decision.probability,
        propensity=decision.propensity,
        closes_batch=closes,
        features=cast("dict[str, Any]", decision.features),  # their JSON is written as it is
        corrects=lesson.former,
        weight=lesson.weight,
        source=lesson.source,
        reported_at=datetime.fromtimestamp(lesson.seconds, UTC),
    )
