"""The worker's handler: a batch of manifests and orders becomes the records to produce."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter
from typing import Final

import numpy as np
from confluent_kafka import Message

from schemas.alert import Alert
from schemas.codec import encode
from schemas.decision import Decision
from scorers.assessment.assessor import Assessor
from scorers.budgets.policy import BudgetPolicy
from scorers.features.declared import Declarations
from scorers.features.tables import ManifestTable
from scorers.histories import Histories
from scorers.model.model import ScoringModel
from scorers.policybook import PolicyBook
from scorers.profiles import Source
from scorers.screening import Screener
from streams import metrics
from streams.decoding import decoded
from streams.kafka.batch import Batch, Span
from streams.kafka.producing import Output
from streams.kafka.records import coordinates, logged_at
from streams.profiles.ordering import OrderIntake
from streams.profiles.reading import Reading
from streams.profiles.tolerating import Tolerance
from streams.profiles.visiting import ProfileVisitor
from streams.settings import TopicSettings

_ACTION_AND_ARM: Final = attrgetter("action", "arm")


@dataclass(frozen=True)
class Profiling:
    """What a worker needs to see profiles and orders."""

    visitor: ProfileVisitor
    orders: OrderIntake
    tolerance: Tolerance


class ScreeningHandler:
    """Turns a batch of manifest and order records into the records to produce."""

    def __init__(
        self,
        screener: Screener,
        assessor: Assessor,
        topics: TopicSettings,
        profiling: Profiling | None = None,
    ) -> None:
        self._screener = screener
        self._assessor = assessor
        self._topics = topics
        self._profiling = profiling
        self._alerts: list[Output] = []
        self._held: Counter[str] = Counter()
        self.waiting: Mapping[str, int] = {}
        self.decided: Counter[tuple[str, str]] = Counter()
        self.rejected = 0

    @property
    def budgets(self) -> BudgetPolicy:
        """The budgets, for what other workers tell of theirs."""
        return self._screener.budgets

    def adopt(self, book: PolicyBook) -> None:
        """Decide by `book` from the next batch on."""
        self._screener.adopt(book)

    def raise_alerts(self, alerts: Sequence[Alert]) -> None:
        """Send alerts along with the next batch."""
        self._alerts += [Output(self._topics.alerts, one.kind, encode(one)) for one in alerts]

    def committed(self) -> Counter[str]:
        """Let the last batch count; return how many parcels it held, by office."""
        self._screener.commit()
        self._alerts.clear()
        return self._held

    def use(self, model: ScoringModel) -> None:
        """Score with `model` from the next batch on."""
        self._screener.use(model)
        metrics.MODEL_LABELS.set(model.labels)

    def __call__(self, batch: Batch) -> list[Output]:
        """Return a decision or a reject for every manifest, and what orders give rise to."""
        outputs = self._take_orders(batch)
        messages = [one for one in batch.messages if one.topic() == self._topics.manifests]
        declared, read, rejects = decoded(messages, self._topics.rejected)
        decisions = self._decide(declared, read, _of_topic(batch.spans, self._topics.manifests))
        self.rejected = len(rejects)
        self.decided = Counter(map(_ACTION_AND_ARM, decisions))
        self._held = Counter(one.office_of_entry for one in decisions if one.action == "hold")
        return [*self._alerts, *outputs, *rejects, *self._outputs(decisions)]

    def _decide(
        self, declared: Declarations, read: Sequence[Message], spans: Mapping[Source, Span]
    ) -> list[Decision]:
        table = ManifestTable(declared)
        logged = logged_at(read)
        read_at = [coordinates(message) for message in read]
        if len(table):
            self._screener.prepare(table)
            table.assessments = self._assessor.assess(table)
        if self._profiling is not None and spans:
            table.histories = self._visit(
                self._profiling, table, Reading.at(read_at, logged), spans
            )
        degraded = self._profiling is not None and table.histories is None
        metrics.DEGRADED.inc(len(table) if degraded else 0)
        return self._screener.screen(
            table, read_at, logged.astype(np.float64), degraded=degraded, waiting=self.waiting
        )

    def _visit(
        self,
        profiling: Profiling,
        table: ManifestTable,
        reading: Reading,
        spans: Mapping[Source, Span],
    ) -> Histories | None:
        profiling.visitor.note(spans)
        return profiling.tolerance.call(
            "profiles",
            lambda: profiling.visitor.visit(
                table, reading, spans, meanwhile=lambda: self._screener.foresee(table)
            ),
        )

    def _take_orders(self, batch: Batch) -> list[Output]:
        """Store the orders of a batch; while the store is away they are stored later."""
        spans = _of_topic(batch.spans, self._topics.orders)
        if self._profiling is None or not spans:
            return []
        orders = [message for message in batch.messages if message.topic() == self._topics.orders]
        return self._profiling.orders.take(orders, spans, self._profiling.tolerance.call)

    def _outputs(self, decisions: Sequence[Decision]) -> Iterable[Output]:
        topics = {"hold": self._topics.hold, "clear": self._topics.clear}
        names = [topics[decision.action] for decision in decisions]
        keys = [decision.item_id for decision in decisions]
        return map(Output._make, zip(names, keys, map(encode, decisions), repeat(None)))


def _of_topic(spans: Mapping[Source, Span], topic: str) -> dict[Source, Span]:
    return {source: span for source, span in spans.items() if source.topic == topic}
