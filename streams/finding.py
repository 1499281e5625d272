"""Finding parcels of the past for their labels: cleared ones, and those whose label changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from confluent_kafka import KafkaException

from streams.kafka.batch import PostponedError
from streams.profiles.stretches import RecordsGoneError
from streams.replay.past import PastParcels
from streams.settings import Settings
from streams.subjects import Subject, subject_of


class PastFinder:
    """Finds decisions by id, with the features that their parcels were scored by."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parcels: PastParcels | None = None

    def __call__(self, decision_ids: Sequence[str]) -> Mapping[str, Subject]:
        """Return what the log has; raise `PostponedError` if it cannot be read now."""
        if self._parcels is None:
            self._parcels = PastParcels(self._settings)
        try:
            found = self._parcels.found(decision_ids)
        except (RecordsGoneError, KafkaException) as error:
            raise PostponedError(f"past parcels cannot be read: {error}") from error
        return {one: subject_of(parcel.decision, parcel.features) for one, parcel in found.items()}
