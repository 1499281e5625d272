"""Decision records from what a batch was scored, told and selected by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from schemas import decision
from schemas.decision import MAX_REASONS, Decision, Reason
from schemas.types import Action, Arm
from scorers.budgets.selection import BudgetSelection
from scorers.budgets.trusted import TRUSTED
from scorers.features.batch import Floats, Integers
from scorers.features.rows import Row
from scorers.features.tables import ManifestTable
from scorers.instants import instant_of
from scorers.logged_history import packed_histories
from scorers.lottery import Coordinates
from scorers.verdicts import Flags, Verdicts
from scorers.writing.columns import (
    Column,
    Declared,
    Identified,
    Named,
    Names,
    Numbers,
    Same,
    Sparse,
)
from scorers.writing.records import Records

RANDOM: Final = Reason("RANDOM", "selected at random, whatever its score", "policy")
UNCERTAIN: Final = Reason("UNCERTAIN", "selected since the model knows little of it", "policy")
TOP_SHARE: Final = Reason("TOP-SHARE", "among the highest of the recent stream", "policy")

_ACTIONS: Final[tuple[Action, ...]] = ("clear", "hold")
_RELEASE, _RISK, _EXPLORATION, _UNCERTAIN, _MANDATORY = range(5)
_ARMS: Final[tuple[Arm, ...]] = ("release", "risk", "exploration", "uncertainty", "mandatory")
_ACTION_NAMES, _ARM_NAMES = Names(_ACTIONS), Names(_ARMS)
_CLEARED: Final = -_MANDATORY
"""A mandatory clear: the arm of a mandatory hold, and another action."""

_DRAWN: Final = {_EXPLORATION: (RANDOM,), _UNCERTAIN: (UNCERTAIN,)}


@dataclass(frozen=True)
class Grounds:
    """What a batch's decisions are made from. `why` and `rows` are of the held parcels.

    `trusted` are drawn less often: members of a programme, and what allow lists name.
    """

    scores: Floats
    chances: Floats
    losses: Floats
    selection: BudgetSelection
    verdicts: Verdicts
    rows: Mapping[int, Row]
    why: Mapping[int, tuple[Reason, ...]]
    trusted: Flags | None
    degraded: bool
    novelty: Floats


class Decided:
    """The decisions of a batch; `chances` are those of a violation."""

    def __init__(self, arms: Integers, chances: Floats, records: Records[Decision]) -> None:
        self._arms = arms
        self.chances = chances
        self._records = records

    def __len__(self) -> int:
        return len(self._arms)

    @property
    def held(self) -> Flags:
        """Which parcels are held."""
        return self._arms > 0

    def counts(self) -> Counter[tuple[Action, Arm]]:
        """Return how many parcels there are of each action and arm."""
        counts = enumerate(np.bincount(self._arms - _CLEARED).tolist(), start=_CLEARED)
        return Counter({_pair(arm): count for arm, count in counts if count})

    def arms(self, places: Integers) -> list[Arm]:
        """Return the arms of some parcels."""
        return [_ARMS[abs(arm)] for arm in self._arms[places].tolist()]

    def records(self) -> list[Decision]:
        """Return each decision as an object."""
        return self._records.values()

    def encoded(self) -> list[bytes]:
        """Return each decision as the codec writes it, without making objects of them."""
        return self._records.encoded()


def _pair(arm: int) -> tuple[Action, Arm]:
    return _ACTIONS[arm > 0], _ARMS[abs(arm)]


NOTHING: Final = Decided(np.empty(0, np.int64), np.empty(0), Records(Decision, {}, 0))
"""The decisions of no manifest."""


def decided(
    table: ManifestTable,
    coordinates: Sequence[Coordinates],
    grounds: Grounds,
    versions: Mapping[str, Any],
) -> Decided:
    """Return one decision for each manifest; `versions` are fields of all of them."""
    arms, count = _arms(grounds.selection, grounds.verdicts), len(table)
    same = {"schema_version": decision.SCHEMA_VERSION, "degraded": grounds.degraded, **versions}
    columns: dict[str, Column] = {
        **{name: Same(value, count) for name, value in same.items()},
        **_declared(table),
        **_chances(grounds),
        **_told_of_few(table, grounds, arms),
        "decision_id": _ids(coordinates),
        "action": Named(_ACTION_NAMES, (arms > 0).astype(np.int64)),
        "arm": Named(_ARM_NAMES, np.abs(arms)),
        "history": packed_histories(table),
    }
    if table.assessments is not None:
        columns["assessment"] = table.assessments.columns()
    return Decided(arms, grounds.chances, Records(Decision, columns, count))


def _declared(table: ManifestTable) -> dict[str, Column]:
    names = ("item_id", "destination_country", "office_of_entry")
    return {name: Declared(table, name) for name in names}


def _chances(grounds: Grounds) -> dict[str, Column]:
    """Return what each parcel was selected by."""
    selection, utility = grounds.selection, grounds.selection.utility
    ranked = np.where(utility == grounds.scores, np.nan, utility)
    numbers = {
        "probability": grounds.chances,
        "score": grounds.scores,
        "propensity": selection.propensity,
        "threshold": selection.thresholds,
        "expected_loss": grounds.losses,
        "severity": grounds.verdicts.severity,
        "exploration_rate": selection.odds.base,
        "uncertainty_rate": selection.odds.uncertain,
        "novelty": grounds.novelty,
    }
    return {
        **{name: Numbers(column) for name, column in numbers.items()},
        "utility": Numbers(ranked, optional=True),
    }


def _told_of_few(table: ManifestTable, grounds: Grounds, arms: Integers) -> dict[str, Column]:
    """Return what only those parcels have that are held, or that something matches."""
    verdicts, count = grounds.verdicts, len(table)
    controls = {place: asked for place in verdicts.matched if (asked := verdicts.controls(place))}
    return {
        "reasons": Sparse(_told(grounds, arms), (), count),
        "controls": Sparse(controls, (), count),
        "features": Sparse(grounds.rows, None, count),
        "submitted_at": Sparse(_submitted(table, list(grounds.rows)), None, count),
    }


def _ids(coordinates: Sequence[Coordinates]) -> Identified:
    topics, partitions, offsets = zip(*coordinates, strict=True)
    sources = list(zip(topics, partitions, strict=True))
    numbers = {source: number for number, source in enumerate(dict.fromkeys(sources))}
    return Identified(
        [f"{topic}:{partition}:" for topic, partition in numbers],
        np.fromiter(map(numbers.__getitem__, sources), np.int64, len(sources)),
        np.array(offsets, dtype=np.int64),
    )


def _submitted(table: ManifestTable, held: Sequence[int]) -> dict[int, datetime]:
    """Return when the manifests of held parcels were submitted."""
    seconds = table.numbers("submitted_at")[held].tolist() if held else ()
    return dict(zip(held, map(instant_of, seconds), strict=True))


def _arms(selection: BudgetSelection, verdicts: Verdicts) -> Integers:
    """Return the arm of each parcel, a place in `_ARMS`; or `_CLEARED`."""
    masks = [selection.risky, selection.explored, selection.uncertain, selection.mandatory]
    arms = np.where(verdicts.clear, _CLEARED, _RELEASE)
    for arm, mask in enumerate(masks, start=_RISK):
        arms[mask] = arm
    return arms


def _told(grounds: Grounds, arms: Integers) -> dict[int, tuple[Reason, ...]]:
    """Return the reasons of the parcels that have any, the first ones first."""
    told: dict[int, tuple[Reason, ...]] = {}
    verdicts = grounds.verdicts
    for place in verdicts.matched | grounds.why.keys():
        said, why = verdicts.reasons(place), grounds.why.get(place, ())
        arm = int(arms[place])
        if arm == _RISK and not said and not why:
            why = (TOP_SHARE,)
        told[place] = (*_DRAWN.get(arm, ()), *said, *why)[:MAX_REASONS]
    if grounds.trusted is not None:
        # An allow list has a reason of its own.
        for place in (grounds.trusted & ~verdicts.allow).nonzero()[0].tolist():
            told[place] = (*told.get(place, ())[: MAX_REASONS - 1], TRUSTED)
    return told
