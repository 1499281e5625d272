"""Past parcels scored again by another model, from what the log says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from confluent_kafka import Message

from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.batch import Floats, Integers
from scorers.features.declared import Declarations
from scorers.features.extractor import Extractor
from scorers.logged_history import is_history
from scorers.model.model import ScoringModel
from scorers.novelty import fading
from scorers.policybook import PolicyBook
from scorers.profiles import Identities, Source
from scorers.scanning.reading import read_manifests
from scorers.verdicts import verdicts_of
from streams.kafka.records import coordinates
from streams.profiles.opening import identities_of
from streams.profiles.reading import Reading
from streams.profiles.stretches import StretchReader
from streams.replay.manifests import records_among
from streams.replay.records import DecisionColumns
from streams.replay.tables import table_of
from streams.settings import Settings


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
        self._extractor = extractor
        self._book = book
        self._model = model
        self._assessor = Assessor(load_reference(Path(folder) if folder else None))
        self._identities: Identities = identities_of(settings)

    def rescored(self, columns: DecisionColumns) -> Rescored:
        """Return decisions with the scores, chances and expected losses of the model."""
        scores, chances = columns.score.copy(), columns.probability.copy()
        found = 0
        with closing(StretchReader(self._kafka, "greenlane-past")) as reader:
            for at, messages, declared in _manifests(reader, columns):
                scores[at], chances[at] = self._score(columns, at, messages, declared)
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

    def _score(
        self,
        columns: DecisionColumns,
        at: Integers,
        messages: Sequence[Message],
        declared: Declarations,
    ) -> tuple[Floats, Floats]:
        texts = (columns.histories[place] for place in at.tolist())
        histories = [text if is_history(text) else "" for text in texts]
        reading = Reading.of(messages)
        table = table_of(declared, reading, histories, self._assessor, self._identities)
        features = self._extractor.extract(table)
        logits = self._model.logits(features) + verdicts_of(self._book, table).adjustment
        return logits + self._novelty(columns, at), self._model.probabilities(logits)

    def _novelty(self, columns: DecisionColumns, at: Integers) -> Floats:
        """Return what novelty adds with this model: what was logged, faded by its labels."""
        faded = np.array([fading(int(labels)) for labels in columns.model_version[at]])
        surprise: Floats = columns.novelty[at] / faded
        return surprise * fading(self._model.labels)


def _manifests(
    reader: StretchReader, columns: DecisionColumns
) -> Iterator[tuple[Integers, Sequence[Message], Declarations]]:
    """Yield batches of manifests: the places of their decisions, their records, what they say."""
    partitions: dict[Source, dict[int, int]] = {}
    for place, (topic, partition, offset) in enumerate(columns.coordinates):
        partitions.setdefault(Source(topic, partition), {})[offset] = place
    for source, places in partitions.items():
        for messages in records_among(reader, source, sorted(places)):
            wanted = [one for one in messages if one.offset() in places]
            declared, errors = read_manifests([one.value() for one in wanted])
            kept = [one for place, one in enumerate(wanted) if place not in errors]
            at = np.array([places[coordinates(one)[2]] for one in kept], dtype=np.int64)
            if len(at):
                yield at, kept, declared
