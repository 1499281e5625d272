"""What an outsider sees on the topics: counts, latency, and how good the holds are."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import Message

from schemas.codec import decode_decision, decode_outcome
from schemas.decision import Decision
from streams.kafka.records import coordinates
from streams.settings import TopicSettings

_RECENT_OUTCOMES: Final = 1_000
_RECENT_LATENCIES: Final = 5_000
_NEWEST_HOLDS: Final = 5


@dataclass
class ArmRecord:
    """How often an arm's holds were violations."""

    inspected: int = 0
    violations: int = 0
    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=_RECENT_OUTCOMES))

    def add(self, violation: bool) -> None:
        """Count one inspection."""
        self.inspected += 1
        self.violations += violation
        self.recent.append(violation)

    @property
    def precision(self) -> float:
        """Share of violations among all inspections."""
        return self.violations / self.inspected if self.inspected else 0.0

    @property
    def recent_precision(self) -> float:
        """Share of violations among the last inspections."""
        return sum(self.recent) / len(self.recent) if self.recent else 0.0


class Scoreboard:
    """Counts what is read from the topics. It trusts nothing but the records."""

    def __init__(self, topics: TopicSettings) -> None:
        self._topics = topics
        self._published_at: dict[str, int] = {}
        self._arm_of: dict[str, str] = {}
        self._decided: set[str] = set()
        self.published = 0
        self.twice = 0
        self.rejected = 0
        self.model_labels = 0
        self.actions: Counter[str] = Counter()
        self.arms = {"risk": ArmRecord(), "exploration": ArmRecord()}
        self.latencies_ms: deque[int] = deque(maxlen=_RECENT_LATENCIES)
        self.newest: deque[Decision] = deque(maxlen=_NEWEST_HOLDS)

    @property
    def decided(self) -> int:
        """Manifests with a decision or a reject."""
        return len(self._decided) + self.rejected

    @property
    def lag(self) -> int:
        """Manifests without one."""
        return self.published - self.decided

    @property
    def hold_rate(self) -> float:
        """Share of decisions that hold."""
        total = self.actions.total()
        return self.actions["hold"] / total if total else 0.0

    def latency_ms(self, quantile: float) -> float:
        """Return a quantile of the time from a manifest's append to its decision's."""
        ordered = sorted(self.latencies_ms)
        return ordered[int(quantile * (len(ordered) - 1))] if ordered else 0.0

    def take(self, message: Message) -> None:
        """Count one record of any of the topics."""
        topic, partition, offset = coordinates(message)
        if topic == self._topics.manifests:
            self.published += 1
            self._published_at[f"{topic}:{partition}:{offset}"] = message.timestamp()[1]
        elif topic == self._topics.rejected:
            self.rejected += 1
        elif topic == self._topics.outcomes:
            self._take_outcome(message)
        else:
            self._take_decision(decode_decision(message.value()), message.timestamp()[1])

    def _take_decision(self, decision: Decision, at_ms: int) -> None:
        if decision.decision_id in self._decided:
            self.twice += 1
            return
        self._decided.add(decision.decision_id)
        self.actions[decision.action] += 1
        self.model_labels = max(self.model_labels, decision.model_version)
        published = self._published_at.pop(decision.decision_id, None)
        if published is not None:
            self.latencies_ms.append(at_ms - published)
        if decision.action == "hold":
            self._arm_of[decision.decision_id] = decision.arm
            self.newest.append(decision)

    def _take_outcome(self, message: Message) -> None:
        outcome = decode_outcome(message.value())
        arm = self._arm_of.pop(outcome.decision_id, None)
        if arm in self.arms:
            self.arms[arm].add(outcome.result == "violation")
