"""Following the model in force: a worker looks for a new snapshot between its batches."""

from __future__ import annotations

import logging
from typing import Final

from scorers.model.model import ScoringModel
from scorers.model.snapshot import SnapshotError
from streams import metrics
from streams.clock import MonotonicClock
from streams.registry.records import Snapshot
from streams.registry.registry import Registry
from streams.store import STORE_ERRORS

log = logging.getLogger(__name__)

_PATIENCE: Final = 5
"""A look at a store that does not answer holds up a batch, so the next is put off longer."""

_WITHOUT: Final = "rules and novelty decide"


class ModelFollower:
    """Loads the snapshot in force when it changes.

    A store that is away, or a damaged snapshot, leaves the model in use: screening goes on. Until
    there is one, and when the choice is to go without, rules and novelty decide, and it says so.
    """

    def __init__(
        self, registry: Registry, bits: int, worker: str, every_seconds: float, now: MonotonicClock
    ) -> None:
        self._registry = registry
        self._bits = bits
        self._worker = worker
        self._every = every_seconds
        self._now = now
        self._next_look = now()
        self._seen: Snapshot | None = None
        self._has_looked = False
        self._refused = ""
        self._in_use = False
        self.store_answers = False
        metrics.MODEL_IN_USE.set(0)

    def newer(self) -> ScoringModel | None:
        """Return a newer model, or None if there is none or it is not time to look."""
        if self._now() < self._next_look:
            return None
        began = self._now()
        self._next_look = began + self._every
        try:
            model = self._load_if_changed()
        except STORE_ERRORS as error:
            self._note_store(False)
            self._next_look = self._now() + self._every * _PATIENCE
            log.warning("store does not answer, the model in use stays: %s", error)
            return None
        self._note_store(True)
        if model is None:  # else loading took most of the time
            metrics.STORE_SECONDS.labels("model").observe(self._now() - began)
        return model

    def _note_store(self, answers: bool) -> None:
        self.store_answers = answers
        metrics.STORE_UP.set(answers)

    def _load_if_changed(self) -> ScoringModel | None:
        try:
            snapshot = self._registry.in_force()
            if snapshot == self._seen and self._has_looked:
                return None
            self._seen, self._has_looked = snapshot, True
            return self._without() if snapshot is None else self._loaded(snapshot)
        except SnapshotError as error:
            self._refuse(error)
            return None

    def _loaded(self, snapshot: Snapshot) -> ScoringModel:
        if snapshot.bits != self._bits:
            got = f"{snapshot.version} of {snapshot.bits} bits"
            raise SnapshotError(f"Expected a model of {self._bits} bits, got {got}")
        model = self._registry.load_for_scoring(snapshot)
        self._registry.report_use(self._worker, model.labels)
        self._refused = ""
        self._in_use = True
        metrics.MODEL_IN_USE.set(1)
        metrics.MODEL_MADE.set(snapshot.made_at.timestamp())
        log.info("model %s in use", snapshot.version)
        return model

    def _without(self) -> ScoringModel:
        self._registry.report_use(self._worker, 0)
        self._in_use = False
        metrics.MODEL_IN_USE.set(0)
        log.warning("no model is in force: %s", _WITHOUT)
        return ScoringModel(self._bits)

    def _refuse(self, error: SnapshotError) -> None:
        """Say once what was refused, and what decides instead."""
        if self._refused != str(error):
            metrics.MODELS_REFUSED.inc()
            stays = "the model in use stays" if self._in_use else _WITHOUT
            log.error("snapshot refused, %s: %s", stays, error)
        self._refused = str(error)
