"""Why a parcel is held, in words that an officer can act on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np

from schemas.decision import MAX_REASONS, Reason
from schemas.types import ReasonSource
from scorers.features.batch import Floats, Integers
from scorers.features.bins import bin_bounds
from scorers.features.contributions import Contributions
from scorers.features.fields import Category, Field, Number, Signal, Words
from scorers.features.rows import Row
from scorers.features.spec import FeatureSpec, StarterRule
from scorers.model.evidence import Evidence

MIN_CONTRIBUTION: Final = 0.05
"""Logits: a feature that adds less says nothing to an officer."""

RANDOM = Reason("RANDOM", "selected at random, whatever its score", "policy")
TOP_SHARE = Reason("TOP-SHARE", "among the highest scores of the recent stream", "policy")

_MAX_TEXT: Final = 256
_MAX_VALUES: Final = 3


class _Said(NamedTuple):
    """A reason's text and source, known before any parcel."""

    text: str
    source: ReasonSource


_NOVEL: Final = _Said("a combination that is seldom seen", "model")

_Candidate = tuple[float, str, int | _Said]
"""Contribution and code of a reason, and the line of the feature that words it, or the words."""

_weight = itemgetter(0)


class Reasons:
    """Puts the contributions to a score into words, the weightiest first.

    Features of one group make one reason, worded by the strongest of them. A signal is a reason
    of its own, together with its starter rules.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        self._fields = {field.name: field for field in spec.fields}
        self._group_of = {
            cross.name: cross.group
            for cross in spec.features
            if not isinstance(self._fields.get(cross.name), Signal)
        }
        # A signal's reason bears the name of its weightiest rule and the logits of them all.
        weightiest_last = sorted(spec.rules, key=lambda rule: rule.logit)
        rules = {rule.signal: rule for rule in weightiest_last}
        self._signals = {
            name: _said_of(self._fields[name], rules.get(name)) for name in spec.signals
        }
        self._priors: dict[str, float] = defaultdict(float)
        for rule in spec.rules:
            self._priors[rule.signal] += rule.logit
        self._of_feature = {
            cross.name: [self._fields[name] for name in cross.fields] for cross in spec.features
        }
        self._names: tuple[str, ...] = ()
        self._groups: list[tuple[str, Integers]] = []

    def explain(
        self, parts: Contributions, rows: Sequence[Row], novelty: Floats, evidence: Evidence
    ) -> list[tuple[Reason, ...]]:
        """Return up to `MAX_REASONS` reasons of each held parcel.

        `parts` are all contributions to their scores, `rows` their readable features, `novelty`
        what that added, `evidence` what inspections found before.
        """
        found = [self._of_signals(parts, place, row) for place, row in enumerate(rows)]
        for group, members in self._members(parts.names):
            values = parts.values[members]
            strongest = members[values.argmax(axis=0)].tolist()
            for place, total in enumerate(values.sum(axis=0).tolist()):
                if total >= MIN_CONTRIBUTION:
                    found[place].append((total, group, strongest[place]))
        for place, added in enumerate(novelty.tolist()):
            if added >= MIN_CONTRIBUTION:
                found[place].append((added, "NOVELTY", _NOVEL))
        return [
            self._worded(candidates, parts, place, rows[place], evidence)
            for place, candidates in enumerate(found)
        ]

    def _worded(
        self,
        candidates: list[_Candidate],
        parts: Contributions,
        parcel: int,
        row: Row,
        evidence: Evidence,
    ) -> tuple[Reason, ...]:
        """Return the weightiest candidates in words."""
        candidates.sort(key=_weight, reverse=True)
        reasons = []
        for total, code, cause in candidates[:MAX_REASONS]:
            if isinstance(cause, int):
                slot = parts.slots[cause, parcel]
                text = self._words(parts.names[cause], row, evidence.of(slot))
                reasons.append(Reason(code, text, "model", round(total, 4)))
            else:
                reasons.append(Reason(code, cause.text, cause.source, round(total, 4)))
        return tuple(reasons)

    def _of_signals(self, parts: Contributions, parcel: int, row: Row) -> list[_Candidate]:
        found: list[_Candidate] = []
        for signal in row["signals"]:
            line = parts.places.get(signal)
            learnt = 0.0 if line is None else float(parts.values[line, parcel])
            total = learnt + self._priors.get(signal, 0.0)
            if total >= MIN_CONTRIBUTION:
                found.append((total, *self._signals[signal]))
        return found

    def _members(self, names: tuple[str, ...]) -> list[tuple[str, Integers]]:
        """Return the lines of each group's features among `names`, which seldom change."""
        if names is not self._names:
            lines: dict[str, list[int]] = defaultdict(list)
            for line, name in enumerate(names):
                if name in self._group_of:
                    lines[self._group_of[name]].append(line)
            self._names = names
            self._groups = [(group, np.array(members)) for group, members in lines.items()]
        return self._groups

    def _words(self, feature: str, row: Row, found: tuple[int, int]) -> str:
        said = ", ".join(filter(None, (_text(field, row) for field in self._of_feature[feature])))
        violations, inspected = found
        told = f": {violations} of {inspected} inspected were violations" if violations else ""
        return (said or feature)[: _MAX_TEXT - len(told)] + told


def _said_of(signal: Field, rule: StarterRule | None) -> tuple[str, _Said]:
    """Return code and words of a signal's reason."""
    if rule:
        return rule.code, _Said(rule.text, "rule")
    return signal.name.upper().replace("_", "-"), _Said(signal.label, "quality")


def _text(field: Field, row: Row) -> str | None:
    """Return what the row says of `field`, or None if that is an absent signal."""
    if isinstance(field, Signal):
        return field.label if field.name in row["signals"] else None
    value = row.get(field.source)
    if not isinstance(value, list):
        return f"{field.label} {_shown(field, value)}"
    shown = dict.fromkeys(_shown(field, single) for single in value)
    return f"{field.label} {' / '.join(list(shown)[:_MAX_VALUES])}"


def _measure(value: float, number: Number) -> str:
    """Return a quantity with its bin: what the score and the evidence are about."""
    low, high = bin_bounds(number, value)
    if value == 0 and number.per_octave:
        return f"0 {number.unit}".rstrip()
    if low == -math.inf:
        span = f"below {high:.4g}"
    elif high == math.inf:
        span = f"from {low:.4g}"
    else:
        span = f"{low:.4g} to {high:.4g}"
    return f"{value:.4g} {number.unit}".rstrip() + f" ({span})"


def _shown(field: Category | Number | Words, value: Any) -> str:
    """Return one value of `field` in words."""
    if isinstance(field, Number):
        return "missing" if value is None else _measure(value, field)
    if not value:
        return "not given"
    if isinstance(field, Words):
        return f'"{value}"'
    return str(value)[: field.prefix or None]
