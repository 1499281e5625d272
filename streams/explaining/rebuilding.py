"""A past decision made again, and how far it is the one that was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from schemas.decision import Decision
from scorers.budgets.exploration import Odds
from scorers.budgets.selection import select_with
from scorers.budgets.trusted import TRUSTED
from scorers.budgets.utility import expected_loss
from scorers.deciding import Grounds, decided
from scorers.features.extractor import Extractor
from scorers.features.rows import identified_rows
from scorers.features.tables import ManifestTable
from scorers.lottery import Lottery
from scorers.model.model import ScoringModel
from scorers.policybook import PolicyBook
from scorers.reasons import Reasons
from scorers.stakes import at_stake
from scorers.verdicts import verdicts_of

Verdict = Literal["same", "different", "not rebuilt"]

_FEATURES: Final = ("spec", "history", "reference data")
_SCORE: Final = (*_FEATURES, "model", "novelty", "rules", "lists")
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "score": _SCORE,
    "probability": _SCORE,
    "expected_loss": _SCORE,
    "action": ("rules", "lists"),
    "arm": ("rules", "lists"),
    "propensity": ("rules", "lists"),
    "reasons": _SCORE,
    "controls": (*_FEATURES, "rules", "lists"),
    "assessment": ("reference data",),
    "features": _FEATURES,
}
"""What each field is made from; what is not at hand leaves it not rebuilt."""


@dataclass(frozen=True)
class Check:
    """A field of a decision as recorded and as made again; `why` names what was not at hand."""

    field: str
    verdict: Verdict
    recorded: Any
    rebuilt: Any = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ingredients:
    """What a decision is made again from, `logged` at a time in Unix seconds.

    `missing` names what is not of its time, and why.
    """

    table: ManifestTable
    logged: float
    extractor: Extractor
    book: PolicyBook
    lottery: Lottery
    model: ScoringModel
    missing: Mapping[str, str]


def checks_of(decision: Decision, made_of: Ingredients) -> list[Check]:
    """Return for each field whether the decision made again has the same."""
    again = _again(decision, made_of)
    return [_checked(name, decision, again, made_of.missing) for name in _NEEDS]


def _checked(name: str, decision: Decision, again: Decision, missing: Mapping[str, str]) -> Check:
    recorded = getattr(decision, name)
    why = tuple(missing[one] for one in _NEEDS[name] if one in missing)
    if name == "features" and decision.features is None and not why:
        why = ("features: only a hold records them",)
    if why:
        return Check(name, "not rebuilt", recorded, None, why)
    rebuilt = getattr(again, name)
    return Check(name, "same" if recorded == rebuilt else "different", recorded, rebuilt)


def _again(decision: Decision, made_of: Ingredients) -> Decision:
    """Return the decision by what is at hand, under the threshold and rates in force then."""
    table, model = made_of.table, made_of.model
    verdicts = verdicts_of(made_of.book, table, np.array([made_of.logged]))
    features = made_of.extractor.extract(table)
    novelty = np.array([decision.novelty or 0.0])
    logits = model.logits(features) + verdicts.adjustment
    scores, chances = logits + novelty, model.probabilities(logits)
    rebuilt = made_of.missing.keys().isdisjoint(_SCORE) and decision.utility is None
    utility = scores if rebuilt else np.array([_ranked(decision)])
    topic, partition, offset = decision.decision_id.rsplit(":", 2)
    at = topic, int(partition), int(offset)
    selection = select_with(
        np.array([decision.threshold]),
        utility,
        made_of.lottery.draws([at]),
        Odds(np.array([decision.exploration_rate]), np.array([decision.uncertainty_rate])),
        verdicts.hold,
    )
    held = np.flatnonzero(selection.held).tolist()
    rows = identified_rows(made_of.table, made_of.extractor.spec, held)
    parts = features.contributions(model.weights, held) if held else None
    reasons = Reasons(made_of.extractor.spec)
    why = [] if parts is None else reasons.explain(parts, rows, novelty[held], model.evidence)
    trusted = np.array([any(one.code == TRUSTED.code for one in decision.reasons)])
    grounds = Grounds(
        scores,
        chances,
        expected_loss(chances, at_stake(table), verdicts.severity),
        selection,
        verdicts,
        dict(zip(held, rows, strict=True)),
        dict(zip(held, why, strict=True)),
        trusted,
        decision.degraded,
        novelty,
    )
    versions = {name: getattr(decision, name) for name in _VERSIONS}
    return decided(table, [at], grounds, versions).records()[0]


_VERSIONS: Final = (
    "model_version",
    "policy_version",
    "rules_version",
    "spec_version",
    "lists_version",
    "reference_version",
)


def _ranked(decision: Decision) -> float:
    return decision.score if decision.utility is None else decision.utility
