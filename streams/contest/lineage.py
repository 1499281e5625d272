"""A model of ours that folds the log and has its snapshots in the registry."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from schemas.example import LabelledExample
from scorers.features.batch import FeatureBatch, Floats
from scorers.features.extractor import Extractor
from scorers.model.calibration import sigmoid
from scorers.model.ftrl import FTRLSettings
from scorers.model.model import Model, ScoringModel
from scorers.model.snapshot import SnapshotError
from streams.contest.closed import Closed, unscored
from streams.folding import Fold
from streams.registry.records import MAIN, RULES, Snapshot
from streams.registry.registry import Registry

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """What makes a model a function of the log."""

    extractor: Extractor
    settings: FTRLSettings
    importance: float = 1.0

    def fresh(self) -> Model:
        """Return a model that has learnt nothing."""
        return Model(self.extractor.bits, self.settings)

    def made(self, snapshot: Snapshot) -> bool:
        """Tell whether a snapshot comes from this recipe."""
        own = (self.extractor.bits, self.settings, self.importance)
        return (snapshot.bits, snapshot.settings, snapshot.importance) == own


class Lineage:
    """One model over time: resumed from its newest intact snapshot, or made anew from the log."""

    def __init__(self, name: str, recipe: Recipe, registry: Registry) -> None:
        self.name = name
        self.recipe = recipe
        self._registry = registry
        model, self.next_offset, self._parents = self._resume()
        self._fold = Fold(recipe.extractor, model, recipe.importance, self._watch)
        self._published = model.labels
        self._scored: dict[str, list[Floats]] = {}
        self._last_version = self._kept()

    @property
    def model(self) -> Model:
        """The model as learnt so far."""
        return self._fold.model

    @property
    def has_news(self) -> bool:
        """Whether anything was learnt since the last snapshot."""
        return self.model.labels > self._published

    def learn(self, closed: Closed) -> dict[str, Floats]:
        """Learn what is new; return the chances given before by the model, and by others beside it.

        Those are the starter rules and the last version that was kept, if there is one.
        """
        new = closed.since(self.next_offset)
        if not len(new):
            return {}
        self._scored = {}
        self._fold.add(new.examples)
        self.next_offset = new.next_offset
        learnt = [len(closed) - len(new) + n for n in _learnt(new.examples)]
        found = {}
        for name, parts in self._scored.items():
            found[name] = unscored(len(closed))
            found[name][learnt] = np.concatenate(parts)
        return found

    def publish(self, now: datetime, metrics: Mapping[str, float] | None = None) -> Snapshot:
        """Publish a snapshot of what was learnt."""
        snapshot = self._registry.publish(
            self.model,
            self.next_offset,
            now,
            self.name,
            self.recipe.importance,
            self._parents,
            metrics,
        )
        self._published = self.model.labels
        return snapshot

    def keep(self, snapshot: Snapshot, most: int) -> None:
        """Keep a snapshot as a version; later ones grow from it."""
        self._registry.keep(snapshot, most)
        self._parents = (snapshot.version,)
        self._last_version = self._registry.load_for_scoring(snapshot)

    def _watch(self, features: FeatureBatch, chances: Floats) -> None:
        self._scored.setdefault(self.name, []).append(chances)
        if self.name != MAIN:
            return
        self._scored.setdefault(RULES, []).append(sigmoid(features.prior))
        if self._last_version is not None:
            logits = self._last_version.logits(features)
            past = self._last_version.probabilities(logits)
            self._scored.setdefault(LAST_VERSION, []).append(past)

    def _resume(self) -> tuple[Model, int, tuple[str, ...]]:
        """Return model, next offset and parents to go on with."""
        for snapshot in self._candidates():
            if not self.recipe.made(snapshot):
                log.warning("%s: settings changed; it is not resumed", snapshot.version)
                continue
            try:
                model = self._registry.load(snapshot)
            except SnapshotError as error:
                log.warning("%s; an earlier one is tried", error)
                continue
            log.info("resuming %s at offset %d", snapshot.version, snapshot.next_offset)
            return model, snapshot.next_offset, snapshot.parents
        log.info("%s: made anew from the training log", self.name)
        return self.recipe.fresh(), 0, ()

    def _kept(self) -> ScoringModel | None:
        """Return the last version, to be scored beside the model."""
        for snapshot in self._candidates()[1:]:
            if self.recipe.made(snapshot):
                try:
                    return self._registry.load_for_scoring(snapshot)
                except SnapshotError:
                    continue
        return None

    def _candidates(self) -> list[Snapshot]:
        """Return the snapshots to resume from, the newest first."""
        found: list[Snapshot] = []
        try:
            latest = self._registry.latest(self.name)
            found += [] if latest is None else [latest]
            kept = self._registry.versions()
        except SnapshotError as error:
            log.warning("%s; the registry is passed over", error)
            return found
        return found + [one for one in reversed(kept) if one.lineage == self.name]


LAST_VERSION: Final = "last version"


def _learnt(examples: Sequence[LabelledExample]) -> list[int]:
    return [place for place, one in enumerate(examples) if one.weight > 0]
