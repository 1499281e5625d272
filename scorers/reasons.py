"""Why a parcel is held, in words that an officer can act on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from schemas.decision import MAX_REASONS, Reason
from scorers.features.batch import Integers
from scorers.features.bins import bin_bounds
from scorers.features.contributions import Contributions
from scorers.features.fields import Category, Field, Number, Signal, Words
from scorers.features.rows import Row
from scorers.features.spec import FeatureSpec
from scorers.model.evidence import Evidence

MIN_CONTRIBUTION: Final = 0.05
"""Logits: a feature that adds less says nothing to an officer."""

RANDOM = Reason("RANDOM", "selected at random, whatever its score", "policy")
_NOVEL_TEXT: Final = "a combination that is seldom seen"
TOP_SHARE = Reason("TOP-SHARE", "among the highest scores of the recent stream", "policy")

_MAX_TEXT: Final = 256
_MAX_VALUES: Final = 3


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
        self._rules = {rule.signal: rule for rule in weightiest_last}
        self._priors: dict[str, float] = defaultdict(float)
        for rule in spec.rules:
            self._priors[rule.signal] += rule.logit
        self._names: tuple[str, ...] = ()
        self._places: list[tuple[str, Integers]] = []

    def explain(
        self, parts: Contributions, row: Row, novelty: float, evidence: Evidence
    ) -> tuple[Reason, ...]:
        """Return up to `MAX_REASONS` reasons of a held parcel.

        `parts` are all contributions to its score, `row` its readable features, `novelty` what
        that added, `evidence` what inspections found before.
        """
        found = [*self._of_signals(parts, row), *self._of_groups(parts, row, evidence)]
        if novelty >= MIN_CONTRIBUTION:
            found.append(Reason("NOVELTY", _NOVEL_TEXT, "model", round(novelty, 4)))
        found.sort(key=lambda reason: -reason.contribution)
        return tuple(found[:MAX_REASONS])

    def _of_signals(self, parts: Contributions, row: Row) -> Iterator[Reason]:
        for signal in row["signals"]:
            total = parts.value_of(signal) + self._priors.get(signal, 0.0)
            if total >= MIN_CONTRIBUTION:
                rule = self._rules.get(signal)
                code = rule.code if rule else signal.upper().replace("_", "-")
                text = rule.text if rule else self._fields[signal].label
                yield Reason(code, text, "rule" if rule else "quality", round(total, 4))

    def _of_groups(self, parts: Contributions, row: Row, evidence: Evidence) -> Iterator[Reason]:
        for group, members in self._members(parts.names):
            values = parts.values[members]
            total = float(values.sum())
            if total >= MIN_CONTRIBUTION:
                strongest = int(members[values.argmax()])
                text = self._words(parts.names[strongest], row, evidence.of(parts.slots[strongest]))
                yield Reason(group, text, "model", round(total, 4))

    def _members(self, names: tuple[str, ...]) -> list[tuple[str, Integers]]:
        """Return the places of each group's features among `names`, which seldom change."""
        if names is not self._names:
            places: dict[str, list[int]] = defaultdict(list)
            for place, name in enumerate(names):
                if name in self._group_of:
                    places[self._group_of[name]].append(place)
            self._names = names
            self._places = [(group, np.array(members)) for group, members in places.items()]
        return self._places

    def _words(self, feature: str, row: Row, found: tuple[int, int]) -> str:
        fields = [self._fields[name] for name in feature.split("+")]
        said = ", ".join(filter(None, (_text(field, row) for field in fields)))
        violations, inspected = found
        told = f": {violations} of {inspected} inspected were violations" if violations else ""
        return (said or feature)[: _MAX_TEXT - len(told)] + told


def _text(field: Field, row: Row) -> str | None:
    """Return what the row says of `field`, or None if that is an absent signal."""
    if isinstance(field, Signal):
        return field.label if field.name in row["signals"] else None
    value = row.get(field.source)
    values = value if isinstance(value, list) else [value]
    shown = dict.fromkeys(_shown(field, value) for value in values)
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
