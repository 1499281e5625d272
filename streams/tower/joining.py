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


Reached = tuple[str, float, int, str, str, str]
"""A line of `Passages`: stage, seconds since the manifest, when, office, carrier and lane."""


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
        reached: list[Reached] = []
        changed: dict[str, Passage] = {}
        for step in steps:
            passage = known[step.decision_id]
            # A stage that was known already changes nothing.
            if reach(passage, step):
                changed[step.decision_id] = passage
                reached += reached_by(passage, step)
        self._passages.save(changed)
        holds = [step for step in steps if step.hold is not None]
        self._note(steps)
        if not reached and not holds:
            return []
        passages = Passages(*zip(*reached, strict=True))
        stats = HeldStats(held.SCHEMA_VERSION, passages, self._ties(holds))
        return [Output(self._topics.held_stats, KEY, encode(stats))]

    def warm_up(self) -> None:
        """Have compiled what is compiled when it is first called, before records wait for it."""
        self._hashed("seller", ["nobody"])

    def queue(self, most: int) -> list[dict[str, Any]]:
        """Return the newest holds that were not inspected yet, the newest first."""
        newest = list(self._waiting.values())[: -most - 1 : -1]
        return [_shown(step.hold, step.at) for step in newest if step.hold is not None]

    def _step(self, message: Message, place: Coordinates) -> Step | None:
        """Return the step that a record tells; None if none that is counted."""
        topic = place[0]
        try:
            if topic == self._topics.clearance:
                event = event_of(message)
                stage = _STAGES.get(event.stage)
                if stage is None:
                    return None
                return Step(event.decision_id, stage, event.at.timestamp(), _text(place))
            if topic == self._topics.hold:
                hold = hold_of(message)
                return Step(hold.decision_id, "decision", _logged(message), _text(place), hold)
            outcome = outcome_of(message)
        except RecordError as error:
            self.unreadable += 1
            log.warning("%s: left out, it cannot be read: %s", _text(place), error)
            return None
        at = outcome.inspected_at.timestamp()
        return Step(outcome.decision_id, "inspection", at, _text(place))

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


def reach(passage: Passage, step: Step) -> bool:
    """Note a step; return whether it is the one that tells its stage, now or when it was read
    before."""
    if step.hold is not None:
        _describe(passage, step.hold)
    return passage.stages.setdefault(step.stage, (step.at, step.read_at))[1] == step.read_at


def reached_by(passage: Passage, step: Step) -> list[Reached]:
    """Return the stages whose time since the manifest is known by a step that was noted."""
    if not passage.submitted:
        return []
    # What came before its hold counts from now on.
    stages = {step.stage: step.at}
    if step.hold is not None:
        stages = {stage: at for stage, (at, _) in passage.stages.items()}
    return [_reached(passage, stage, at) for stage, at in stages.items()]


def _describe(passage: Passage, hold: Hold) -> None:
    if hold.submitted_at is None:
        return
    passage.submitted = hold.submitted_at.timestamp()
    passage.office = f"office:{hold.office_of_entry}"[:64]
    passage.carrier = f"carrier:{hold.features.carrier}"[:64]
    passage.lane = hold.lane


def _reached(passage: Passage, stage: str, at: float) -> Reached:
    seconds = round(max(at - passage.submitted, 0.0), 3)
    return stage, seconds, int(at), passage.office, passage.carrier, passage.lane


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


def _text(place: Coordinates) -> str:
    topic, partition, offset = place
    return f"{topic}:{partition}:{offset}"


def _logged(message: Message) -> float:
    return message.timestamp()[1] / 1000
