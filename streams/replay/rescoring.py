"""Past parcels scored again by another model, from what the log says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.batch import Floats
from scorers.features.extractor import Extractor
from scorers.logged_history import is_history
from scorers.model.model import ScoringModel
from scorers.novelty import fading
from scorers.policybook import PolicyBook
from scorers.profiles import Identities, Source
from scorers.verdicts import verdicts_of
from streams.profiles.opening import identities_of
from streams.profiles.stretches import StretchReader
from streams.replay.manifests import PastManifest, read_manifests
from streams.replay.reading import Period
from streams.replay.records import DecisionColumns
from streams.replay.tables import table_of
from streams.settings import Settings

_CHUNK: Final = 20_000
_BATCH: Final = 1_000
_MILLISECONDS: Final = 1_000.0


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What a decision says of what it saw: profiles, and how novel the parcel was."""

    decision_id: str
    model_version: int = 0
    novelty: float = 0.0
    history: str = ""


_seen = msgspec.json.Decoder(Seen).decode


@dataclass(frozen=True)
class Rescored:
    """Decisions as another model scores their parcels.

    `missing` parcels are no longer in the log, or cannot be read: they keep their scores.
    """

    columns: DecisionColumns
    missing: int


class Rescorer:
    """Scores parcels as a worker would with this model, and the rules and lists at hand."""

    def __init__(
        self, settings: Settings, extractor: Extractor, book: PolicyBook, model: ScoringModel
    ) -> None:
        folder = settings.policy.reference
        self._kafka = settings.kafka
        self._topics = settings.topics
        self._extractor = extractor
        self._book = book
        self._model = model
        self._assessor = Assessor(load_reference(Path(folder) if folder else None))
        self._identities: Identities = identities_of(settings)

    def rescored(self, columns: DecisionColumns, period: Period) -> Rescored:
        """Return decisions with the scores, chances and expected losses of the model."""
        places = {
            f"{topic}:{partition}:{offset}": place
            for place, (topic, partition, offset) in enumerate(columns.coordinates)
        }
        scores, chances = columns.score.copy(), columns.probability.copy()
        found = 0
        with closing(StretchReader(self._kafka, "greenlane-past")) as reader:
            seen = self._seen(reader, period)
            for past in self._manifests(reader, columns, places):
                at = [places[one] for one in past]
                scores[at], chances[at] = self._score(past, seen)
                found += len(at)
        # What is at stake in a parcel does not depend on the model.
        stakes = np.divide(
            columns.expected_loss,
            columns.probability,
            out=np.zeros(len(columns)),
            where=columns.probability > 0,
        )
        losses = stakes * chances
        made = replace(columns, score=scores, probability=chances, expected_loss=losses)
        return Rescored(made, len(columns) - found)

    def _seen(self, reader: StretchReader, period: Period) -> dict[str, Seen]:
        found: dict[str, Seen] = {}
        for topic in (self._topics.hold, self._topics.clear):
            sources = reader.partitions(topic)
            since = period.since
            starts = reader.positions_at(sources, since.timestamp()) if since else {}
            for source in sources:
                low, high = reader.bounds(source)
                start = starts.get(source, high) if since else low
                for value in _values(reader, source, start, high):
                    try:
                        one = _seen(value)
                    except (msgspec.DecodeError, UnicodeDecodeError):
                        continue
                    found[one.decision_id] = one
        return found

    def _manifests(
        self, reader: StretchReader, columns: DecisionColumns, places: Mapping[str, int]
    ) -> Iterator[dict[str, PastManifest]]:
        """Yield manifests by decision id, batch by batch."""
        ids = sorted(places, key=lambda one: columns.coordinates[places[one]])
        for start in range(0, len(ids), _CHUNK):
            found = read_manifests(reader, ids[start : start + _CHUNK])
            known = list(found)
            for first in range(0, len(known), _BATCH):
                yield {one: found[one] for one in known[first : first + _BATCH]}

    def _score(
        self, past: Mapping[str, PastManifest], seen: Mapping[str, Seen]
    ) -> tuple[Floats, Floats]:
        said = [seen.get(one) or Seen(one) for one in past]
        histories = [one.history if is_history(one.history) else "" for one in said]
        table = table_of(list(past.values()), histories, self._assessor, self._identities)
        features = self._extractor.extract(table)
        logits = self._model.logits(features) + verdicts_of(self._book, table).adjustment
        return logits + self._novelty(said), self._model.probabilities(logits)

    def _novelty(self, said: Sequence[Seen]) -> Floats:
        """Return what novelty adds with this model: what was logged, faded by its labels."""
        surprise = np.array([one.novelty / fading(one.model_version) for one in said])
        return surprise * fading(self._model.labels)


def _values(reader: StretchReader, source: Source, start: int, end: int) -> Iterator[bytes]:
    if start < end:
        for stretch in reader.read(source, start, end):
            yield from (one.value() or b"" for one in stretch.messages)
