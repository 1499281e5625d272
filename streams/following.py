"""Following the model in force: a worker looks for a new snapshot between its batches."""

from __future__ import annotations

import logging
from typing import Final

from scorers.model.model import ScoringModel
from scorers.model.snapshot import SnapshotError
from streams import metrics
from streams.clock import MonotonicClock
from streams.snapshots import Pointer, SnapshotStore
from streams.store import STORE_ERRORS

log = logging.getLogger(__name__)

_PATIENCE: Final = 5
"""A look at a store that does not answer holds up a batch, so the next is put off longer."""


class ModelFollower:
    """Loads the snapshot in force when it changes.

    A store that is away, or a damaged snapshot, leaves the model in use: screening goes on.
    """

    def __init__(
        self, snapshots: SnapshotStore, worker: str, every_seconds: float, now: MonotonicClock
    ) -> None:
        self._snapshots = snapshots
        self._worker = worker
        self._every = every_seconds
        self._now = now
        self._next_look = now()
        self._pointer: Pointer | None = None

    def newer(self) -> ScoringModel | None:
        """Return a newer model, or None if there is none or it is not time to look."""
        if self._now() < self._next_look:
            return None
        self._next_look = self._now() + self._every
        try:
            model = self._load_if_changed()
        except STORE_ERRORS as error:
            metrics.STORE_UP.set(0)
            self._next_look = self._now() + self._every * _PATIENCE
            log.warning("store does not answer, the model in use stays: %s", error)
            return None
        metrics.STORE_UP.set(1)
        return model

    def _load_if_changed(self) -> ScoringModel | None:
        pointer = self._snapshots.pointer()
        if pointer is None or pointer == self._pointer:
            return None
        self._pointer = pointer
        try:
            model = self._snapshots.load_for_scoring(pointer)
        except SnapshotError as error:
            log.error("snapshot refused, the model in use stays: %s", error)  # noqa: TRY400
            return None
        self._snapshots.report_use(self._worker, model.labels)
        return model
