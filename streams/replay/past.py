"""Past parcels as the model saw them, held or cleared, found again in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from confluent_kafka import Message

from schemas.codec import RecordError, decode_decision
from schemas.decision import Decision
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.rows import Row, identified_rows
from scorers.features.spec import FeatureSpec
from scorers.logged_history import is_history
from scorers.profiles import Identities, Source
from scorers.specs import spec_named
from streams.kafka.records import coordinates
from streams.profiles.opening import identities_of
from streams.profiles.stretches import StretchReader
from streams.replay.manifests import PastManifest, place_of, read_manifests
from streams.replay.tables import table_of_past
from streams.settings import Settings

log = logging.getLogger(__name__)

_APART_SECONDS: Final = 300.0
"""Decisions on parcels that were logged closer together are looked for in one pass."""

_SKEW_SECONDS: Final = 300.0
"""How far the clock of who wrote a manifest may be ahead of the broker's."""

_MOST_RECORDS: Final = 500_000
"""Decisions of a partition that one pass looks through: some minutes at full speed."""


@dataclass(frozen=True)
class PastParcel:
    """A parcel of the past: its manifest, the decision on it, and its readable features.

    `again` are the features as made from manifest and history alone. `history_known` tells
    whether the decision says what profiles said; if not, what the features have of them is missing.
    That is right where the decision was made without profiles.
    """

    manifest: PastManifest
    decision: Decision
    features: dict[str, Any]
    again: dict[str, Any]
    history_known: bool


class PastParcels:
    """Finds parcels again by decision id, as an outsider: nothing is written or committed."""

    def __init__(self, settings: Settings, most_records: int = _MOST_RECORDS) -> None:
        """`most_records` is how much of each partition of decisions a pass looks through."""
        folder = settings.policy.reference
        self._settings = settings
        self._spec: FeatureSpec = spec_named(settings.model.spec)
        self._assessor = Assessor(load_reference(Path(folder) if folder else None))
        self._identities: Identities = identities_of(settings)
        self._most = most_records

    def past_features(self, decision_ids: Sequence[str]) -> dict[str, dict[str, Any] | None]:
        """Return by id the features as a hold has them; None where the log has no such parcel.

        Raises `RecordsGoneError` and `KafkaException` if the log cannot be read.
        """
        found = self.found(decision_ids)
        return {one: found[one].features if one in found else None for one in decision_ids}

    def found(self, decision_ids: Sequence[str]) -> dict[str, PastParcel]:
        """Return the parcels that the log still has, by id, with the decisions on them."""
        with closing(StretchReader(self._settings.kafka, "greenlane-past")) as reader:
            ids = self._of_our_topic(decision_ids)
            manifests = read_manifests(reader, ids)
            decisions = self._decisions(reader, manifests)
        return self._parcels({one: manifests[one] for one in decisions}, decisions)

    def made_again(self, decision_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return features made from manifest and history even where a hold has its own."""
        return {one: found.again for one, found in self.found(decision_ids).items()}

    def _of_our_topic(self, decision_ids: Iterable[str]) -> list[str]:
        topic = self._settings.topics.manifests
        places = {one: place_of(one) for one in dict.fromkeys(decision_ids)}
        return [one for one, place in places.items() if place and place[0].topic == topic]

    def _decisions(
        self, reader: StretchReader, manifests: Mapping[str, PastManifest]
    ) -> dict[str, Decision]:
        """Return the decisions on manifests, each looked for from its manifest's time on."""
        decisions: dict[str, Decision] = {}
        topics = self._settings.topics
        for wanted in _close_together(manifests):
            for topic in (topics.clear, topics.hold):
                left = {one: item for one, item in wanted.items() if one not in decisions}
                since = min(manifests[one].seconds for one in wanted) - _SKEW_SECONDS
                decisions |= self._scanned(reader, topic, since, left)
        return decisions

    def _scanned(
        self, reader: StretchReader, topic: str, since: float, wanted: dict[str, str]
    ) -> dict[str, Decision]:
        found: dict[str, Decision] = {}
        items = {item.encode() for item in wanted.values()}
        sources = reader.partitions(topic) if wanted else []
        for source, start in reader.positions_at(sources, since).items():
            for message in self._records(reader, source, start):
                if message.key() not in items:
                    continue
                decision = _decided(message)
                if decision is not None and decision.decision_id in wanted:
                    found[decision.decision_id] = decision
                    del wanted[decision.decision_id]
                if not wanted:
                    return found
        return found

    def _records(self, reader: StretchReader, source: Source, start: int) -> Iterator[Message]:
        low, high = reader.bounds(source)
        first = max(low, start)
        end = min(high, first + self._most)
        if first < end:
            for stretch in reader.read(source, first, end):
                yield from stretch.messages

    def _parcels(
        self, manifests: Mapping[str, PastManifest], decisions: Mapping[str, Decision]
    ) -> dict[str, PastParcel]:
        if not manifests:
            return {}
        ids = list(manifests)
        texts = [_history_of(decisions[one]) for one in ids]
        past = [manifests[one] for one in ids]
        table = table_of_past(past, texts, self._assessor, self._identities)
        rows = identified_rows(table, self._spec, range(len(ids)))
        return {
            one: _parcel(manifests[one], decisions[one], row, self._spec)
            for one, row in zip(ids, rows, strict=True)
        }


def _history_of(decision: Decision) -> str:
    """Return what profiles said, "" if that is not known."""
    if is_history(decision.history):
        return decision.history
    log.warning("%s: its history cannot be read and counts as unknown", decision.decision_id)
    return ""


def _parcel(manifest: PastManifest, decision: Decision, row: Row, spec: FeatureSpec) -> PastParcel:
    """Return a parcel; a hold of the same spec has its features as they were."""
    as_held = decision.features if decision.spec_version == spec.version else None
    known = bool(_history_of(decision)) or as_held is not None
    return PastParcel(manifest, decision, row if as_held is None else as_held, row, known)


def _close_together(manifests: Mapping[str, PastManifest]) -> Iterator[dict[str, str]]:
    """Yield item ids by decision id, those of each run of manifests logged soon one by one."""
    ids = sorted(manifests, key=lambda one: manifests[one].seconds)
    times = [manifests[one].seconds for one in ids]
    gaps = [at for at, (a, b) in enumerate(pairwise(times), start=1) if b - a > _APART_SECONDS]
    for start, end in pairwise([0, *gaps, len(ids)]):
        if start < end:
            yield {one: manifests[one].manifest.item_id for one in ids[start:end]}


def _decided(message: Message) -> Decision | None:
    try:
        return decode_decision(message.value())
    except RecordError as error:
        log.warning("%s:%d:%d: %s; passed over", *coordinates(message), error)
        return None
