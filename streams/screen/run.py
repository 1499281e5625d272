"""Sends a file's records through a session, and the outcomes of what is held back into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

from confluent_kafka import Message

from schemas import outcome
from schemas.codec import decode_decision, encode
from schemas.decision import Decision
from schemas.outcome import InspectionOutcome
from streams import clock
from streams.kafka.clients import plain_producer
from streams.kafka.producing import Output
from streams.kafka.reading import TopicReader
from streams.kafka.records import coordinates
from streams.publishing import Publisher, manifest_key
from streams.registry.opening import open_registry
from streams.screen.entries import Entry
from streams.screen.summary import ScreenSummary
from streams.session import EmbeddedSession, SessionError

SCREEN_SETTINGS: Final = {
    # One partition, so that a record's offset is its number in the file.
    "topics.partitions": "1",
    "worker.model_poll_seconds": "0.05",
    "learner.snapshot_seconds": "0.05",
}

_STALL_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.02
_READ: Final = 5_000


class Screening:
    """Sends chunks through a session's worker, and their outcomes to its learner."""

    def __init__(self, session: EmbeddedSession, out: BinaryIO) -> None:
        self._session = session
        self._out = out
        settings = session.settings
        self._topics = settings.topics
        self._publisher = Publisher(plain_producer(settings.kafka))
        self._reader = TopicReader(
            settings.kafka, [self._topics.hold, self._topics.clear, self._topics.rejected]
        )
        self._registry = open_registry(settings)
        self._worker = settings.worker.instance
        self._labels = 0
        self.summary = ScreenSummary()

    def run(self, chunks: Iterable[Sequence[Entry]]) -> None:
        """Screen all chunks in turn; each is scored with what the ones before it taught."""
        for chunk in chunks:
            decisions = self._screen(chunk)
            outcomes = []
            for offset in sorted(decisions):
                self._out.write(encode(decisions[offset]) + b"\n")
                outcomes += self._inspect(decisions[offset], chunk[offset - self.summary.records])
            self.summary.records += len(chunk)
            self._learn(outcomes)

    def close(self) -> None:
        """Stop reading."""
        self._reader.close()

    def _inspect(self, decision: Decision, entry: Entry) -> list[Output]:
        """Count a held parcel, and return its outcome if that is known."""
        if decision.action != "hold":
            return []
        self.summary.add_hold(decision.arm, entry.violation)
        if entry.violation is None:
            return []
        result = _outcome(decision, entry.violation)
        return [Output(self._topics.outcomes, decision.item_id, encode(result))]

    def _screen(self, chunk: Sequence[Entry]) -> dict[int, Decision]:
        """Publish a chunk and return its decisions by offset, when all are there."""
        manifests = self._topics.manifests
        self._publisher.publish(
            Output(manifests, manifest_key(entry.value), entry.value) for entry in chunk
        )
        decisions: dict[int, Decision] = {}
        rejected = 0
        deadline = clock.monotonic() + _STALL_SECONDS
        while len(decisions) + rejected < len(chunk):
            for message in self._reader.read(_READ, 0.2):
                deadline = clock.monotonic() + _STALL_SECONDS
                if coordinates(message)[0] == self._topics.rejected:
                    rejected += self._note_reject(message)
                else:
                    decision = decode_decision(message.value())
                    decisions[_manifest_offset(decision)] = decision
            self._check(deadline, f"{len(decisions) + rejected} of {len(chunk)} decided")
        return decisions

    def _note_reject(self, message: Message) -> int:
        headers = dict(message.headers() or [])
        reason = headers.get("__connect.errors.exception.message") or b""
        self.summary.rejected += 1
        self.summary.reject_reasons.append(reason.decode() if isinstance(reason, bytes) else reason)
        return 1

    def _learn(self, outcomes: Sequence[Output]) -> None:
        """Publish outcomes and wait until the worker scores with what they taught."""
        if not outcomes:
            return
        self._labels += self._publisher.publish(outcomes)
        deadline = clock.monotonic() + _STALL_SECONDS
        while (in_use := self._registry.labels_in_use(self._worker)) < self._labels:
            self._check(deadline, f"{in_use} of {self._labels} labels learnt")
            clock.pause(_PAUSE_SECONDS)

    def _check(self, deadline: float, state: str) -> None:
        self._session.check()
        if clock.monotonic() > deadline:
            raise SessionError(f"No progress for {_STALL_SECONDS:.0f} s: {state}")


def _manifest_offset(decision: Decision) -> int:
    return int(decision.decision_id.rpartition(":")[2])


def _outcome(decision: Decision, violation: bool) -> InspectionOutcome:
    """Return the outcome of an inspection, with the decision's id for a repeatable one."""
    return InspectionOutcome(
        schema_version=outcome.SCHEMA_VERSION,
        outcome_id=f"screen:{decision.decision_id}",
        decision_id=decision.decision_id,
        item_id=decision.item_id,
        inspected_at=clock.utc_now(),
        result="violation" if violation else "compliant",
    )
