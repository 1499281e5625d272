"""The model of a past decision: the one in force, or the fold of the training log up to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from confluent_kafka import Message

from schemas.codec import RecordError, decode_example
from schemas.example import LabelledExample
from scorers.features.extractor import Extractor
from scorers.model.model import ScoringModel
from scorers.model.snapshot import SnapshotError
from streams.contest.opening import main_recipe
from streams.folding import Fold
from streams.profiles.stretches import StretchReader
from streams.registry.opening import open_registry
from streams.settings import Settings
from streams.store import STORE_ERRORS


def model_of(settings: Settings, extractor: Extractor, labels: int) -> ScoringModel | None:
    """Return the model that had learnt so many labels; None if it cannot be had any more."""
    if labels == 0:
        return ScoringModel(extractor.bits)
    return _stored(settings, labels) or _folded(settings, extractor, labels)


def _stored(settings: Settings, labels: int) -> ScoringModel | None:
    """Return a model of so many labels from the registry: the one in force, or a version kept."""
    registry = open_registry(settings, retries=0)
    try:
        known = [registry.in_force(), *reversed(registry.versions())]
        found = next((one for one in known if one is not None and one.labels == labels), None)
        return None if found is None else registry.load_for_scoring(found)
    except (*STORE_ERRORS, SnapshotError):
        return None  # the log has it too


def _folded(settings: Settings, extractor: Extractor, labels: int) -> ScoringModel | None:
    """Return the fold of the log, if a mini-batch ends there and the log is whole."""
    recipe = main_recipe(settings)
    fold = Fold(extractor, recipe.fresh(), recipe.importance)
    for batch in _mini_batches(settings):
        fold.add(batch)
        if fold.model.labels >= labels:
            break
    return fold.model if fold.model.labels == labels else None


def _mini_batches(settings: Settings) -> Iterator[list[LabelledExample]]:
    with closing(StretchReader(settings.kafka, "greenlane-past")) as reader:
        (source,) = reader.partitions(settings.topics.training)
        low, high = reader.bounds(source)
        if low > 0:
            return  # its beginning is gone
        batch: list[LabelledExample] = []
        for stretch in reader.read(source, low, high):
            for message in stretch.messages:
                batch += _example(message)
                if batch and batch[-1].closes_batch:
                    yield batch
                    batch = []


def _example(message: Message) -> list[LabelledExample]:
    try:
        return [decode_example(message.value())]
    except RecordError:
        return []  # the trainer passes it over too
