"""Decision records from what a batch was scored, told and selected by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from schemas import decision
from schemas.decision import MAX_REASONS, Decision, Reason
from schemas.reference.assessment import Assessment
from schemas.types import Arm
from scorers.budgets.selection import BudgetSelection
from scorers.budgets.trusted import TRUSTED
from scorers.features.batch import Floats
from scorers.features.rows import Row
from scorers.features.tables import ManifestTable
from scorers.lottery import Coordinates
from scorers.verdicts import Verdicts

RANDOM: Final = Reason("RANDOM", "selected at random, whatever its score", "policy")
UNCERTAIN: Final = Reason("UNCERTAIN", "selected since the model knows little of it", "policy")
TOP_SHARE: Final = Reason("TOP-SHARE", "among the highest of the recent stream", "policy")

_RELEASE, _RISK, _EXPLORATION, _UNCERTAIN, _MANDATORY = range(5)
_ARMS: Final[tuple[Arm, ...]] = ("release", "risk", "exploration", "uncertainty", "mandatory")
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
    trusted: npt.NDArray[np.bool_] | None
    degraded: bool


def decisions_of(
    table: ManifestTable,
    coordinates: Sequence[Coordinates],
    grounds: Grounds,
    versions: Mapping[str, Any],
) -> list[Decision]:
    """Return one decision for each manifest; `versions` are fields of all of them."""
    selection, verdicts = grounds.selection, grounds.verdicts
    arms = _arms(selection, verdicts)
    ranked = selection.utility != grounds.scores
    utilities = np.where(ranked, selection.utility, np.nan).tolist()
    told = _told(grounds, arms)
    columns = zip(
        coordinates,
        table.column("item_id"),
        arms.tolist(),
        grounds.chances.tolist(),
        grounds.scores.tolist(),
        selection.propensity.tolist(),
        selection.thresholds.tolist(),
        table.column("destination_country"),
        table.column("office_of_entry"),
        grounds.losses.tolist(),
        utilities,
        selection.odds.base.tolist(),
        selection.odds.uncertain.tolist(),
        _assessments(table),
        strict=True,
    )
    return [
        Decision(
            schema_version=decision.SCHEMA_VERSION,
            decision_id=f"{at[0]}:{at[1]}:{at[2]}",
            item_id=item,
            action="hold" if arm > 0 else "clear",
            arm=_ARMS[abs(arm)],
            probability=chance,
            score=score,
            propensity=propensity,
            threshold=threshold,
            reasons=told.get(place, ()),
            destination_country=destination,
            office_of_entry=office,
            expected_loss=loss,
            utility=None if isnan(utility) else utility,
            exploration_rate=drawn,
            uncertainty_rate=doubted,
            controls=verdicts.controls(place),
            assessment=assessment,
            degraded=grounds.degraded,
            features=grounds.rows.get(place),
            **versions,
        )
        for place, (
            at,
            item,
            arm,
            chance,
            score,
            propensity,
            threshold,
            destination,
            office,
            loss,
            utility,
            drawn,
            doubted,
            assessment,
        ) in enumerate(columns)
    ]


def _arms(selection: BudgetSelection, verdicts: Verdicts) -> npt.NDArray[np.int64]:
    """Return the arm of each parcel, a place in `_ARMS`; or `_CLEARED`."""
    masks = [selection.risky, selection.explored, selection.uncertain, selection.mandatory]
    arms = np.where(verdicts.clear, _CLEARED, _RELEASE)
    for arm, mask in enumerate(masks, start=_RISK):
        arms[mask] = arm
    return arms


def _assessments(table: ManifestTable) -> Sequence[Assessment | None]:
    return [None] * len(table) if table.assessments is None else table.assessments.records()


def _told(grounds: Grounds, arms: npt.NDArray[np.int64]) -> dict[int, tuple[Reason, ...]]:
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
        for place in np.flatnonzero(grounds.trusted & ~verdicts.allow).tolist():
            told[place] = (*told.get(place, ())[: MAX_REASONS - 1], TRUSTED)
    return told
