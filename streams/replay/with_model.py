"""The command `greenlane replay --model`: history decided again by another model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from scorers.features.extractor import Extractor
from scorers.lottery import Lottery
from scorers.model.model import ScoringModel
from scorers.specs import spec_named
from streams import clock
from streams.budget_file import read_plan
from streams.policies import PolicyFollower
from streams.registry.choosing import RegistryError
from streams.registry.opening import open_registry
from streams.registry.records import RULES
from streams.replay.again import Chosen, by_plan, draws_of
from streams.replay.command import Comparison
from streams.replay.figures import figures_of, found_in
from streams.replay.reading import Period, read_history
from streams.replay.records import DecisionColumns, Flags
from streams.replay.rescoring import Rescorer
from streams.settings import Settings

_NO_MODEL: Final = "no model"


@dataclass(frozen=True)
class Changes:
    """Decision ids of parcels that would be held and were not, and the other way round."""

    held: list[str]
    cleared: list[str]


@dataclass(frozen=True)
class ModelReplay:
    """What another model, and perhaps another budget plan, would have decided.

    `made_at` is when the model was made; labels of the period that it has learnt flatter it.
    `missing` parcels are no longer in the log and keep the score that they had.
    """

    model: str
    made_at: datetime | None
    decisions: int
    missing: int
    seconds: float
    comparison: Comparison | None = None
    changes: Changes | None = None


def replay_with_model(
    name: str, budgets: Path | None, period: Period, settings: Settings
) -> ModelReplay:
    """Decide history again by a model of the registry, without side effects.

    Raises `RegistryError` for a model that is not there, `BudgetError` for a bad file.
    """
    started = clock.monotonic()
    version, made_at, model = _model(name, settings)
    book = PolicyFollower(settings.policy, clock.monotonic, clock.utc_now).book
    plan = book.plan if budgets is None else read_plan(budgets)
    columns = read_history(settings, period).decisions
    if not len(columns):
        return ModelReplay(version, made_at, 0, 0, clock.monotonic() - started)
    extractor = Extractor(spec_named(settings.model.spec), settings.model.bits)
    rescored = Rescorer(settings, extractor, book, model).rescored(columns)
    draws = draws_of(columns, Lottery(settings.policy.lottery_key.get_secret_value().encode()))
    other = by_plan(rescored.columns, draws, plan, settings.policy.window)
    # The chances that were recorded had not learnt the outcomes yet, so they are what is expected.
    in_force = Chosen(columns.held, columns.propensity)
    comparison = Comparison(
        found_in(columns),
        figures_of(columns, in_force, tuple(dict.fromkeys(columns.versions))),
        figures_of(columns, other, (version, plan.version)),
    )
    changes = Changes(
        _ids(columns, other.held & ~columns.held), _ids(columns, columns.held & ~other.held)
    )
    seconds = clock.monotonic() - started
    return ModelReplay(
        version, made_at, len(columns), rescored.missing, seconds, comparison, changes
    )


def _model(name: str, settings: Settings) -> tuple[str, datetime | None, ScoringModel]:
    if name == RULES:
        return _NO_MODEL, None, ScoringModel(settings.model.bits)
    registry = open_registry(settings)
    snapshot = registry.named(name)
    if snapshot is None or snapshot.bits != settings.model.bits:
        known = [one.lineage for one in registry.lineages()]
        known += [one.version for one in registry.versions()]
        raise RegistryError(
            f"{name}: expected {RULES} or a model of {settings.model.bits} bits among "
            f"{', '.join(known) or 'none yet'}"
        )
    return snapshot.version, snapshot.made_at, registry.load_for_scoring(snapshot)


def _ids(columns: DecisionColumns, chosen: Flags) -> list[str]:
    found = (columns.coordinates[place] for place in np.flatnonzero(chosen).tolist())
    return [f"{topic}:{partition}:{offset}" for topic, partition, offset in found]
