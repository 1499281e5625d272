"""Screening of a batch: features, scores, rules, lists and budgets become decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from schemas.decision import Reason
from scorers import quality, series
from scorers.budgets.exploration import uncertainty
from scorers.budgets.policy import WINDOW, BudgetPolicy
from scorers.budgets.selection import Parcels
from scorers.budgets.trusted import PartyKey, Record, TrustedParties
from scorers.budgets.utility import expected_loss
from scorers.deciding import NOTHING, Decided, Grounds, decided
from scorers.features.batch import FeatureBatch, Floats
from scorers.features.declared import TextPart
from scorers.features.extractor import Extractor
from scorers.features.rows import Row, identified_rows
from scorers.features.tables import ManifestTable
from scorers.lottery import Coordinates, Lottery
from scorers.model.model import ScoringModel
from scorers.novelty import Novelty, fading
from scorers.policybook import PolicyBook
from scorers.reasons import Reasons
from scorers.recent import RecentStream
from scorers.stakes import Stakes, at_stake
from scorers.verdicts import Verdicts, list_hits, verdicts_of

_PARTIES: Final = {"platform": "platform_id", "shipper": "consignor.id"}
"""Where manifests name the parties of a kind."""

_NOTHING_WAITS: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True)
class _Scored:
    """A batch with its scores in logits, and what they are made of."""

    features: FeatureBatch
    surprise: Floats
    novelty: Floats
    scores: Floats
    chances: Floats


class Screener:
    """Decides batches of manifests.

    Budgets, and until labels come the counts of novelty, remember earlier batches. What a batch
    adds to the budgets counts from `commit` on, so a batch that is read again is decided alike.
    """

    def __init__(
        self, extractor: Extractor, book: PolicyBook, lottery: Lottery, window: int = WINDOW
    ) -> None:
        self._extractor = extractor
        self._book = book
        self._lottery = lottery
        self._reasons = Reasons(extractor.spec)
        self._novelty = Novelty(extractor.spec)
        self._recent = RecentStream()
        self.budgets = BudgetPolicy(book.plan, window)
        self.model = ScoringModel(extractor.bits)
        self.stakes = Stakes(0.0, 0.0)
        self._trusted = self._trusted_parties()
        self._texts = self._asked_texts()

    def use(self, model: ScoringModel) -> None:
        """Score with `model` from the next batch on."""
        self.model = model
        self._trusted = self._trusted_parties()
        self.budgets.remember(self._recent.scored(model))

    def adopt(self, book: PolicyBook) -> None:
        """Decide by `book` from the next batch on."""
        self._book = book
        if book.plan.version != self.budgets.version:
            self.budgets.follow(book.plan)
        self._trusted = self._trusted_parties()
        self._texts = self._asked_texts()

    def prepare(self, table: ManifestTable) -> None:
        """Hash the texts that will be asked for, at once, for whoever needs them first."""
        table.hash_texts(self._texts)

    def foresee(self, table: ManifestTable, times: Floats) -> None:
        """Compute what no profile changes; the table keeps it until the batch is screened."""
        list_hits(self._book, table, times)
        self._extractor.foresee(table)

    def decide(
        self,
        table: ManifestTable,
        coordinates: Sequence[Coordinates],
        times: Floats,
        *,
        degraded: bool = False,
        waiting: Mapping[str, int] = _NOTHING_WAITS,
    ) -> Decided:
        """Return one decision for each manifest.

        `coordinates` and `times` (Unix seconds) say where and when each was logged, `waiting` how
        many holds wait for their inspection, by office. `degraded` marks decisions that had to do
        without profiles.
        """
        self.stakes = Stakes(0.0, 0.0)
        if not len(table):
            return NOTHING
        verdicts = verdicts_of(self._book, table, times)
        scored = self._scored(table, verdicts)
        stakes = at_stake(table)
        parcels = self._parcels(table, coordinates, times, scored, stakes, verdicts)
        selection = self.budgets.select(parcels, waiting)
        self._recent.add(scored.features, scored.surprise, verdicts.adjustment, parcels)
        self.stakes = Stakes(float(stakes.sum()), float(stakes[selection.held].sum()))
        held = selection.held.nonzero()[0].tolist()
        rows = identified_rows(table, self._extractor.spec, held) if held else []
        grounds = Grounds(
            scored.scores,
            scored.chances,
            expected_loss(scored.chances, stakes, verdicts.severity),
            selection,
            verdicts,
            dict(zip(held, rows, strict=True)),
            dict(zip(held, self._why(scored, held, rows), strict=True)),
            parcels.trusted,
            degraded,
            scored.novelty,
        )
        return decided(table, coordinates, grounds, self._versions(table))

    def commit(self) -> None:
        """Let the last batch count: its decisions have been written for good."""
        self.budgets.commit()

    def _scored(self, table: ManifestTable, verdicts: Verdicts) -> _Scored:
        features = self._extractor.extract(table)
        logits = self.model.logits(features) + verdicts.adjustment
        surprise = self._novelty.surprise(features)
        novelty = surprise * fading(self.model.labels)
        chances = self.model.probabilities(logits)
        return _Scored(features, surprise, novelty, logits + novelty, chances)

    def _parcels(
        self,
        table: ManifestTable,
        coordinates: Sequence[Coordinates],
        times: Floats,
        scored: _Scored,
        stakes: Floats,
        verdicts: Verdicts,
    ) -> Parcels:
        """Return what the budgets select from. What a rule clears is neither drawn nor ranked."""
        trusted = self._trusted.among(lambda kind: table.column(_PARTIES[kind]), times)
        return Parcels(
            scores=scored.scores,
            draws=self._lottery.draws(coordinates),
            offices=table.column("office_of_entry"),
            times=times,
            probability=scored.chances,
            revenue=stakes,
            severity=verdicts.severity,
            uncertainty=uncertainty(scored.chances),
            mandatory=verdicts.hold,
            exempt=verdicts.clear,
            trusted=trusted | verdicts.allow,
        )

    def _why(
        self, scored: _Scored, held: Sequence[int], rows: Sequence[Row]
    ) -> list[tuple[Reason, ...]]:
        """Return what speaks for the held parcels' scores."""
        if not held:
            return []
        parts = scored.features.contributions(self.model.weights, held)
        return self._reasons.explain(parts, rows, scored.novelty[held], self.model.evidence)

    def _versions(self, table: ManifestTable) -> dict[str, object]:
        spec, book = self._extractor.spec, self._book
        rules = (spec.rules_version, book.rules.version, book.alerts.version)
        assessments = table.assessments
        return {
            "model_version": self.model.labels,
            "policy_version": self.budgets.version,
            "rules_version": "+".join(filter(None, rules)),
            "spec_version": spec.version,
            "lists_version": book.lists.version,
            "reference_version": "" if assessments is None else assessments.version,
        }

    def _asked_texts(self) -> tuple[TextPart, ...]:
        """Return the texts that signals, series, features and the book need the hashes of."""
        asked = [*quality.HASHED, *series.HASHED, *self._extractor.texts, *self._book.texts]
        return tuple(dict.fromkeys(asked))

    def _trusted_parties(self) -> TrustedParties:
        """Return who is in the trusted lane, by what inspections found of its members."""
        lane = self._book.plan.trusted
        records: dict[PartyKey, Record] = {}
        for member in lane.members:
            slot = self._extractor.slot_of(member.kind, member.id)
            if slot is not None:
                violations, inspected = self.model.evidence.of(slot)
                records[member.kind, member.id] = Record(inspected, violations)
        return TrustedParties(lane, records)
