"""What a policy held and found, and what another one would have: figures with their errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scorers.evaluation.off_policy import (
    DecisionLog,
    Estimate,
    doubly_robust,
    inverse_propensity,
)
from scorers.features.batch import Floats
from streams.replay.again import Chosen
from streams.replay.records import DecisionColumns


@dataclass(frozen=True)
class Figure:
    """An estimated total and its standard error; NaN where it cannot be told."""

    value: float
    error: float


@dataclass(frozen=True)
class Estimates:
    """What a policy would have found: hits, precision (hits a hold) and EUR at stake in hits."""

    hits: Figure
    precision: Figure
    revenue: Figure


@dataclass(frozen=True)
class PolicyFigures:
    """One policy over the decisions of a log.

    holds: with the lottery numbers that parcels had; `expected_holds` over all they could have.
    expected_revenue: the sum of the holds' expected losses, EUR, by the model alone.
    by_inspections, by_model_too: estimates by inverse propensity, and doubly robust ones.
    effective: inspections that weigh as much as those used. unsupported: share of the policy's
    holds that the log could not have held, of which the estimates say nothing.
    """

    policy: tuple[str, ...]
    holds: int
    expected_holds: float
    expected_revenue: float
    by_inspections: Estimates
    by_model_too: Estimates
    effective: float
    unsupported: float


@dataclass(frozen=True)
class Found:
    """What inspections of a log's holds have found, without any estimate."""

    inspected: int
    hits: int
    precision: float
    revenue: float


def found_in(columns: DecisionColumns) -> Found:
    """Return what inspections have found; EUR at stake in the hits as `revenue`."""
    known = columns.violation[~np.isnan(columns.violation)]
    revenue = np.nansum(columns.violation * _stakes(columns))
    hits = int(known.sum())
    return Found(len(known), hits, hits / len(known) if len(known) else math.nan, float(revenue))


def figures_of(columns: DecisionColumns, chosen: Chosen, policy: tuple[str, ...]) -> PolicyFigures:
    """Return the figures of a policy that would have chosen so, estimated from what was found."""
    log = DecisionLog(columns.held, columns.propensity, columns.violation)
    worth = DecisionLog(columns.held, columns.propensity, columns.violation * _stakes(columns))
    chances = chosen.propensity
    plain = inverse_propensity(log, chances), inverse_propensity(worth, chances)
    robust = (
        doubly_robust(log, chances, columns.probability),
        doubly_robust(worth, chances, _revenue(columns)),
    )
    expected = float(chances.sum())
    return PolicyFigures(
        policy=policy,
        holds=int(chosen.held.sum()),
        expected_holds=expected,
        expected_revenue=float(_revenue(columns)[chosen.held].sum()),
        by_inspections=_estimates(*plain, len(columns), expected),
        by_model_too=_estimates(*robust, len(columns), expected),
        effective=plain[0].effective,
        unsupported=plain[0].unsupported,
    )


def _estimates(hits: Estimate, revenue: Estimate, count: int, holds: float) -> Estimates:
    # How many parcels a policy holds is known; only what they hold is estimated.
    share = count / holds if holds else math.nan
    return Estimates(
        Figure(hits.value * count, hits.error * count),
        Figure(hits.value * share, hits.error * share),
        Figure(revenue.value * count, revenue.error * count),
    )


def _revenue(columns: DecisionColumns) -> Floats:
    """Return the EUR of revenue that each parcel is expected to lose, without its severity."""
    return columns.expected_loss - columns.severity


def _stakes(columns: DecisionColumns) -> Floats:
    """Return the EUR at stake in each parcel if it is a violation."""
    chance = columns.probability
    none = np.zeros(len(columns))
    stakes: Floats = np.divide(_revenue(columns), chance, out=none, where=chance > 0)
    return stakes
