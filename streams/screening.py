"""The worker's handler: a batch of manifests and orders becomes the records to produce."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from schemas.alert import Alert
from scorers.assessment.assessor import Assessor
from scorers.budgets.policy import BudgetPolicy
from scorers.deciding import Decided
from scorers.features.tables import ManifestTable
from scorers.model.model import ScoringModel
from scorers.policybook import PolicyBook
from scorers.screening import Screener
from scorers.writing.joining import each
from streams import metrics
from streams.aggregates import Aggregates
from streams.announcing import alert_output
from streams.decoding import decoded
from streams.events import Headers
from streams.heading import Headings
from streams.kafka.batch import Batch
from streams.kafka.handling import Work
from streams.kafka.producing import Output
from streams.kafka.records import logged_milliseconds, places_of
from streams.profiles.asking import Profiling, Visit
from streams.profiles.reading import Reading
from streams.settings import TopicSettings
from streams.tallying import BatchTally, tally_of


@dataclass(frozen=True)
class _Work:
    """A batch that was begun: see `streams.kafka.handling.Work`."""

    finish: Callable[[], Sequence[Output]]
    drop: Callable[[], None]


class ScreeningHandler:
    """Turns a batch of manifest and order records into the records to produce."""

    ahead = True

    def __init__(
        self,
        screener: Screener,
        assessor: Assessor,
        topics: TopicSettings,
        profiling: Profiling | None = None,
        aggregates: Aggregates | None = None,
        headings: Headings | None = None,
    ) -> None:
        self._screener = screener
        self._assessor = assessor
        self._topics = topics
        self._profiling = profiling
        self._aggregates = aggregates
        self._headings = headings or Headings()
        self._alerts: list[Output] = []
        self.waiting: Mapping[str, int] = {}
        self.tally: BatchTally | None = None

    @property
    def budgets(self) -> BudgetPolicy:
        """The budgets, for what other workers tell of theirs."""
        return self._screener.budgets

    @property
    def is_without_profiles(self) -> bool:
        """Whether profiles that should be there are away."""
        return self._profiling is not None and self._profiling.is_away

    def adopt(self, book: PolicyBook) -> None:
        """Decide by `book` from the next batch on."""
        self._screener.adopt(book)

    def raise_alerts(self, alerts: Sequence[Alert]) -> None:
        """Send alerts along with the next batch."""
        self._alerts += [alert_output(self._topics, one.kind, one) for one in alerts]

    @property
    def alerts(self) -> Sequence[Output]:
        """Alerts that wait for the next batch."""
        return tuple(self._alerts)

    def sent(self, alerts: Sequence[Output]) -> None:
        """Note that these alerts were sent without one."""
        self._alerts = self._alerts[len(alerts) :]

    def committed(self) -> Counter[str]:
        """Let the last batch count; return how many parcels it held, by office."""
        self._screener.commit()
        self._alerts.clear()
        return Counter() if self.tally is None else self.tally.held_by_office

    def use(self, model: ScoringModel) -> None:
        """Score with `model` from the next batch on."""
        self._screener.use(model)
        metrics.MODEL_LABELS.set(model.labels)

    def __call__(self, batch: Batch) -> Sequence[Output]:
        """Return a decision or a reject for every manifest, and what orders give rise to."""
        return self.begin(batch).finish()

    def begin(self, batch: Batch) -> Work:
        """Read a batch, ask for its profiles, and do what needs none."""
        messages, places = batch.of_topic(self._topics.manifests)
        declared, read, rejects, kinds = decoded(messages, self._topics)
        table, milliseconds = ManifestTable(declared), logged_milliseconds(read)
        logged = milliseconds // 1000
        times = logged.astype(np.float64)
        read_at = places if read is messages else places_of(read)
        if len(table):
            self._screener.prepare(table)
            table.assessments = self._assessor.assess(table)
        visit = Visit()
        if self._profiling is not None:
            visit = self._profiling.ask(batch, table, Reading.at(read_at, logged))
        if len(table):
            self._screener.foresee(table, times)
        tallies = [] if self._aggregates is None else [*self._aggregates.of(table, logged)]
        headers = self._headings.of(read, read_at, milliseconds)

        def finish() -> Sequence[Output]:
            answer = visit.answer()
            table.histories = answer.histories
            degraded = self._profiling is not None and table.histories is None
            made = self._screener.decide(
                table, read_at, times, degraded=degraded, waiting=self.waiting
            )
            stakes = self._screener.stakes
            self.tally = tally_of(made, table, kinds, milliseconds, stakes, degraded=degraded)
            decisions = self._outputs(made, table, headers)
            return [*self._alerts, *answer.outputs, *rejects, *tallies, *decisions]

        return _Work(finish, visit.drop)

    def _outputs(
        self, made: Decided, table: ManifestTable, headers: Iterable[Headers | None]
    ) -> Iterable[Output]:
        topics = np.where(made.held, self._topics.hold, self._topics.clear).astype(np.object_)
        keys = each(table.texts("item_id"))
        # Headers that nobody has have no end.
        rows = zip(topics.tolist(), keys, made.encoded(), headers, strict=False)
        return map(Output._make, rows)
