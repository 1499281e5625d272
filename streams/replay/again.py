"""Decisions made again: from their own records bit for bit, or by another budget plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final, NamedTuple

import numpy as np

from scorers.budgets.exploration import Odds, uncertainty
from scorers.budgets.plan import BudgetPlan
from scorers.budgets.policy import BudgetPolicy
from scorers.budgets.selection import BudgetSelection, Parcels, select_with
from scorers.features.batch import Floats
from scorers.lottery import Lottery
from streams.replay.records import ARMS, DecisionColumns, Flags

_BATCH: Final = 1_000


class Chosen(NamedTuple):
    """What a policy holds, and its chance of holding each parcel."""

    held: Flags
    propensity: Floats


class Difference(NamedTuple):
    """A decision that its record does not give again."""

    decision_id: str
    field: str
    recorded: str
    replayed: str


def draws_of(columns: DecisionColumns, lottery: Lottery) -> Floats:
    """Return the lottery numbers of decisions."""
    # Neighbours in the log of manifests share a digest.
    order = sorted(range(len(columns)), key=columns.coordinates.__getitem__)
    draws = np.empty(len(columns))
    draws[order] = lottery.draws([columns.coordinates[place] for place in order])
    return draws


def repeated(columns: DecisionColumns, draws: Floats) -> BudgetSelection:
    """Return what the thresholds and rates in force decide of what was ranked."""
    return select_with(
        columns.threshold,
        columns.utility,
        draws,
        Odds(columns.exploration_rate, columns.uncertainty_rate),
        columns.mandatory & columns.held,
    )


def differences(columns: DecisionColumns, draws: Floats) -> list[Difference]:
    """Return where arm or propensity of a decision made again are not those of its record."""
    again = repeated(columns, draws)
    arms = _arms(columns, again)
    found = []
    for place in np.flatnonzero(arms != columns.arms).tolist():
        names = ARMS[columns.arms[place]], ARMS[arms[place]]
        found.append(Difference(_id(columns, place), "arm", *names))
    for place in np.flatnonzero(again.propensity != columns.propensity).tolist():
        chances = str(columns.propensity[place]), str(again.propensity[place])
        found.append(Difference(_id(columns, place), "propensity", *chances))
    return found


def by_plan(columns: DecisionColumns, draws: Floats, plan: BudgetPlan, window: int) -> Chosen:
    """Return what another plan would have held, in the order in which decisions were logged.

    What rules and lists decided stays as it was. Queues are taken to be empty.
    """
    policy = BudgetPolicy(plan, window)
    parcels = _parcels(columns, draws)
    held = np.zeros(len(columns), dtype=np.bool_)
    chances = np.zeros(len(columns))
    for part in _parts(len(columns)):
        chosen = policy.select(_cut(parcels, part))
        policy.commit()
        held[part], chances[part] = chosen.held, chosen.propensity
    return Chosen(held, chances)


def _arms(columns: DecisionColumns, again: BudgetSelection) -> np.ndarray:
    cleared = columns.mandatory & ~columns.held
    arms = np.full(len(columns), ARMS.index("release"))
    arms[cleared | again.mandatory] = ARMS.index("mandatory")
    # In this order what is cleared and yet held again shows.
    arms[again.risky] = ARMS.index("risk")
    arms[again.explored] = ARMS.index("exploration")
    arms[again.uncertain] = ARMS.index("uncertainty")
    return arms


def _parcels(columns: DecisionColumns, draws: Floats) -> Parcels:
    return Parcels(
        scores=columns.score,
        draws=draws,
        offices=columns.offices,
        times=columns.times,
        probability=columns.probability,
        severity=columns.expected_loss,  # the chance is in it already
        uncertainty=uncertainty(columns.probability),
        mandatory=columns.mandatory & columns.held,
        exempt=columns.mandatory & ~columns.held,
        trusted=columns.trusted,
    )


def _parts(count: int) -> Iterator[slice]:
    for start in range(0, count, _BATCH):
        yield slice(start, start + _BATCH)


def _cut(parcels: Parcels, part: slice) -> Parcels:
    columns: dict[str, Any] = {}
    for field in fields(parcels):
        column = getattr(parcels, field.name)
        columns[field.name] = None if column is None else column[part]
    return Parcels(**columns)


def _id(columns: DecisionColumns, place: int) -> str:
    topic, partition, offset = columns.coordinates[place]
    return f"{topic}:{partition}:{offset}"
