"""Decision records from what a batch was scored, told and selected by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, Final, TypeVar

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
from scorers.logged_history import packed_histories
from scorers.lottery import Coordinates
from scorers.verdicts import Verdicts

Value = TypeVar("Value")

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
    novelty: Floats


def decisions_of(
    table: ManifestTable,
    coordinates: Sequence[Coordinates],
    grounds: Grounds,
    versions: Mapping[str, Any],
) -> list[Decision]:
    """Return one decision for each manifest; `versions` are fields of all of them."""
    selection, verdicts = grounds.selection, grounds.verdicts
    arms = _arms(selection, verdicts)
    told = _told(grounds, arms)
    controls = {place: verdicts.controls(place) for place in verdicts.matched}
    columns: dict[str, Iterable[Any]] = {
        "decision_id": [f"{at[0]}:{at[1]}:{at[2]}" for at in coordinates],
        "item_id": table.column("item_id"),
        "action": np.where(arms > 0, "hold", "clear").tolist(),
        "arm": map(_ARMS.__getitem__, np.abs(arms).tolist()),
        "probability": grounds.chances.tolist(),
        "score": grounds.scores.tolist(),
        "propensity": selection.propensity.tolist(),
        "threshold": selection.thresholds.tolist(),
        "reasons": _filled(told, (), len(table)),
        "destination_country": table.column("destination_country"),
        "office_of_entry": table.column("office_of_entry"),
        "expected_loss": grounds.losses.tolist(),
        "severity": verdicts.severity.tolist(),
        "utility": _utilities(grounds),
        "exploration_rate": selection.odds.base.tolist(),
        "uncertainty_rate": selection.odds.uncertain.tolist(),
        "controls": _filled(controls, (), len(table)),
        "assessment": _assessments(table),
        "features": _filled(grounds.rows, None, len(table)),
        "novelty": grounds.novelty.tolist(),
        "history": packed_histories(table),
        "submitted_at": _filled(_submitted(table, list(grounds.rows)), None, len(table)),
    }
    same = {"schema_version": decision.SCHEMA_VERSION, "degraded": grounds.degraded, **versions}
    # Called with columns, in the order of the fields: named arguments cost twice as much.
    fields = Decision.__struct_fields__
    values = [columns[name] if name in columns else repeat(same[name]) for name in fields]
    return list(map(Decision, *values))


def _submitted(table: ManifestTable, held: Sequence[int]) -> dict[int, datetime]:
    """Return when the manifests of held parcels were submitted."""
    seconds = table.numbers("submitted_at")[held].tolist() if held else ()
    moments = (datetime.fromtimestamp(second, UTC) for second in seconds)
    return dict(zip(held, moments, strict=True))


def _utilities(grounds: Grounds) -> list[float | None]:
    """Return what was ranked, for those where it is not the score."""
    utility = grounds.selection.utility
    ranked = dict.fromkeys(np.flatnonzero(utility != grounds.scores).tolist())
    return _filled({place: float(utility[place]) for place in ranked}, None, len(utility))


def _filled(known: Mapping[int, Value], otherwise: Value, count: int) -> list[Value]:
    column = [otherwise] * count
    for place, value in known.items():
        column[place] = value
    return column


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
