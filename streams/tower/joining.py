"""The tower's join step: holds, outcomes and clearance events become durations and ties.

They come one by one, thousands a second, which is too much for Faust: this step reads them in
batches, exactly once, and gives the tower a record or two a batch.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from confluent_kafka import Message

from schemas import held
from schemas.codec import RecordError, encode
from schemas.held import HeldStats, Passages, Ties
from scorers.lottery import Coordinates
from scorers.profiles import Identities
from streams.kafka.batch import Batch
from streams.kafka.producing import Output
from streams.settings import TopicSettings
from streams.tower.held import Hold, event_of, hold_of, outcome_of
from streams.tower.passing import Passage
from streams.tower.passing import Passages as PassageStore

log = logging.getLogger(__name__)

KEY: Final = "held"
"""All in one partition: one instance sees all holds, and its quantiles and clusters are whole."""

_MOST_WAITING: Final = 500
_MOST_DONE: Final = 20_000
_STAGES: Final = {"inspected": "inspection", "released": "release"}
_CENTS: Final = 100


class Step(NamedTuple):
    """A stage that a parcel has reached, and where that was read."""

    decision_id: str
    stage: str
    at: float
    read_at: str
    hold: Hold | None = None


class JoinStep:
    """Turns a batch into a record of `parcels.held-stats`, and remembers the newest holds."""

    def __init__(
        self, topics: TopicSettings, passages: PassageStore, identities: Identities
    ) -> None:
        self._topics = topics
        self._passages = passages
        self._identities = identities
        self._waiting: dict[str, Step] = {}
        self._done: dict[str, None] = {}
        self.unreadable = 0

    def __call__(self, batch: Batch) -> list[Output]:
        """Return what the batch adds."""
        found = map(self._step, batch.messages, batch.places)
        steps = [step for step in found if step is not None]
        known = self._passages.load(list(dict.fromkeys(step.decision_id for step in steps)))
        reached = [one for step in steps for one in reached_by(known[step.decision_id], step)]
        # A stage that was known already changes nothing.
        changed = {step.decision_id for step in steps if _is_first(known[step.decision_id], step)}
        self._passages.save({one: known[one] for one in changed})
        holds = [step for step in steps if step.hold is not None]
        self._note(steps)
        if not reached and not holds:
            return []
        stats = HeldStats(held.SCHEMA_VERSION, _columns(reached), self._ties(holds))
        return [Output(self._topics.held_stats, KEY, encode(stats))]

    def warm_up(self) -> None:
        """Have compiled what is compiled when it is first called, before records wait for it."""
        self._hashed("seller", ["nobody"])

    def queue(self) -> list[dict[str, Any]]:
        """Return the newest holds that were not inspected yet, the newest first."""
        newest = reversed(list(self._waiting.values()))
        return [_shown(step.hold, step.at) for step in newest if step.hold is not None]

    def _step(self, message: Message, place: Coordinates) -> Step | None:
        """Return the step that a record tells; None if none that is counted."""
        topic, partition, offset = place
        read_at = f"{topic}:{partition}:{offset}"
        try:
            if topic == self._topics.clearance:
                event = event_of(message)
                stage = _STAGES.get(event.stage)
                moment = event.at.timestamp()
                return Step(event.decision_id, stage, moment, read_at) if stage else None
            if topic == self._topics.hold:
                hold = hold_of(message)
                return Step(hold.decision_id, "decision", _logged(message), read_at, hold)
            outcome = outcome_of(message)
        except RecordError as error:
            self.unreadable += 1
            log.warning("%s: left out, it cannot be read: %s", read_at, error)
            return None
        return Step(outcome.decision_id, "inspection", outcome.inspected_at.timestamp(), read_at)

    def _note(self, steps: Iterable[Step]) -> None:
        """Keep the queue that people look at: bounded, and of this process only."""
        for step in steps:
            if step.hold is None:
                self._waiting.pop(step.decision_id, None)
                self._done[step.decision_id] = None
                if len(self._done) > _MOST_DONE:
                    del self._done[next(iter(self._done))]
            elif step.decision_id not in self._done:
                self._waiting[step.decision_id] = step
                if len(self._waiting) > _MOST_WAITING:
                    del self._waiting[next(iter(self._waiting))]

    def _ties(self, steps: list[Step]) -> Ties:
        holds = [step.hold for step in steps if step.hold is not None]
        features = [hold.features for hold in holds]
        address = [f"{one.street}|{one.postcode}" if one.street else "" for one in features]
        seller = [f"{one.platform}|{one.seller}" if one.seller else "" for one in features]
        return Ties(
            tuple(int(step.at) for step in steps),
            tuple(hold.item_id for hold in holds),
            self._hashed("seller", seller),
            self._hashed("consignee", [one.consignee for one in features]),
            self._hashed("address", address),
            tuple(round((one.value or 0.0) * _CENTS) for one in features),
        )

    def _hashed(self, kind: Any, texts: list[str]) -> tuple[str, ...]:
        """Return keyed hashes in hexadecimal: who they are is nobody's business here."""
        hashes = self._identities.hashes(kind, texts).tolist()
        return tuple(
            f"{number:x}" if text else "" for number, text in zip(hashes, texts, strict=True)
        )


def reached_by(passage: Passage, step: Step) -> list[tuple[Passage, str, float]]:
    """Note a step, and return the stages whose time since the manifest is known by it."""
    if step.hold is not None:
        _describe(passage, step.hold)
    first = passage.stages.setdefault(step.stage, (step.at, step.read_at))
    if first[1] != step.read_at or not passage.submitted:
        return []
    if step.hold is None:
        return [(passage, step.stage, step.at)]
    # What came before its hold counts from now on.
    return [(passage, stage, at) for stage, (at, _) in passage.stages.items()]


def _is_first(passage: Passage, step: Step) -> bool:
    """Whether a step is the one that told its stage."""
    return passage.stages[step.stage][1] == step.read_at


def _describe(passage: Passage, hold: Hold) -> None:
    if hold.submitted_at is None:
        return
    passage.submitted = hold.submitted_at.timestamp()
    passage.office = f"office:{hold.office_of_entry}"[:64]
    passage.carrier = f"carrier:{hold.features.carrier}"[:64]
    passage.lane = hold.lane


def _columns(reached: list[tuple[Passage, str, float]]) -> Passages:
    return Passages(
        tuple(stage for _, stage, _ in reached),  # type: ignore[misc]
        tuple(round(max(at - passage.submitted, 0.0), 3) for passage, _, at in reached),
        tuple(int(at) for _, _, at in reached),
        tuple(passage.office for passage, _, _ in reached),
        tuple(passage.carrier for passage, _, _ in reached),
        tuple(passage.lane for passage, _, _ in reached),
    )


def _shown(hold: Hold, at: float) -> dict[str, Any]:
    """Return a hold as people see it: no names, no addresses."""
    return {
        "item_id": hold.item_id,
        "decision_id": hold.decision_id,
        "held_at": round(at, 1),
        "office": hold.office_of_entry,
        "lane": hold.lane,
        "arm": hold.arm,
        "probability": round(hold.probability, 3),
        "reasons": [{"code": one.code, "text": one.text} for one in hold.reasons],
    }


def _logged(message: Message) -> float:
    return message.timestamp()[1] / 1000
