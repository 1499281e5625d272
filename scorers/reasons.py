"""Why a parcel is held, in words that an officer can act on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np

from schemas.decision import MAX_REASONS, Reason
from schemas.types import ReasonSource
from scorers.compiled import compiled
from scorers.features.batch import Floats, Integers
from scorers.features.contributions import Contributions
from scorers.features.fields import Signal
from scorers.features.rows import Row
from scorers.features.spec import FeatureSpec, StarterRule
from scorers.model.evidence import Evidence
from scorers.phrases import Phrase, detailed, phrase_of

MIN_CONTRIBUTION: Final = 0.05
"""Logits: a feature that adds less says nothing to an officer."""

_MAX_TEXT: Final = 256
_MODEL: Final[ReasonSource] = "model"
_NO_GROUP: Final = -1


class _Said(NamedTuple):
    """What words a reason, and its source."""

    phrase: Phrase
    source: ReasonSource


class _Cause(NamedTuple):
    """The feature that words a reason, and what inspections found of it."""

    feature: str
    violations: int
    inspected: int


_NOVEL: Final = _Said(lambda _row: "a combination that is seldom seen", "model")

_Candidate = tuple[float, str, _Cause | _Said]
"""Contribution and code of a reason, and the feature that words it, or the words."""

_weight = itemgetter(0)


class Reasons:
    """Puts the contributions to a score into words, the weightiest first.

    Features of one group make one reason, worded by the strongest of them. A signal is a reason
    of its own, together with its starter rules.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        fields = {field.name: field for field in spec.fields}
        self._group_of = {
            cross.name: cross.group
            for cross in spec.features
            if not isinstance(fields.get(cross.name), Signal)
        }
        # A signal's reason bears the name of its weightiest rule and the logits of them all.
        weightiest_last = sorted(spec.rules, key=lambda rule: rule.logit)
        rules = {rule.signal: rule for rule in weightiest_last}
        signals = [field for field in spec.fields if isinstance(field, Signal)]
        self._signals = {field.name: _said_of(field, rules.get(field.name)) for field in signals}
        self._priors: dict[str, float] = defaultdict(float)
        for rule in spec.rules:
            self._priors[rule.signal] += rule.logit
        phrases = {field.name: phrase_of(field) for field in spec.fields}
        self._said = {
            cross.name: _all_said([phrases[name] for name in cross.fields])
            for cross in spec.features
        }
        self._codes = tuple(dict.fromkeys(self._group_of.values()))
        self._names: tuple[str, ...] = ()
        self._groups: Integers = np.empty(0, np.int64)

    def explain(
        self, parts: Contributions, rows: Sequence[Row], novelty: Floats, evidence: Evidence
    ) -> list[tuple[Reason, ...]]:
        """Return up to `MAX_REASONS` reasons of each held parcel.

        `parts` are all contributions to their scores, `rows` their readable features, `novelty`
        what that added, `evidence` what inspections found before.
        """
        found = [self._of_signals(parts, place, row) for place, row in enumerate(rows)]
        totals, strongest = self._of_groups(parts)
        groups, places = (totals >= MIN_CONTRIBUTION).nonzero()
        lines = strongest[groups, places]
        counts = evidence.among(parts.slots[lines, places])
        columns = (groups, places, lines, totals[groups, places], *counts)
        listed = (column.tolist() for column in columns)
        for group, place, line, total, violations, inspected in zip(*listed, strict=True):
            cause = _Cause(parts.names[line], violations, inspected)
            found[place].append((total, self._codes[group], cause))
        for place, added in enumerate(novelty.tolist()):
            if added >= MIN_CONTRIBUTION:
                found[place].append((added, "NOVELTY", _NOVEL))
        return [self._worded(*pair) for pair in zip(found, rows, strict=True)]

    def _worded(self, candidates: list[_Candidate], row: Row) -> tuple[Reason, ...]:
        """Return the weightiest candidates in words."""
        candidates.sort(key=_weight, reverse=True)
        reasons = []
        for total, code, cause in candidates[:MAX_REASONS]:
            if isinstance(cause, _Cause):
                text, source = self._words(cause, row), _MODEL
            else:
                text, source = cause.phrase(row)[:_MAX_TEXT], cause.source
            reasons.append(Reason(code, text, source, round(total, 4)))
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

    def _of_groups(self, parts: Contributions) -> tuple[Floats, Integers]:
        """Return what each group adds to each parcel, and the line of its strongest feature."""
        if parts.names != self._names:
            codes = {code: place for place, code in enumerate(self._codes)}
            groups = [codes.get(self._group_of.get(name, ""), _NO_GROUP) for name in parts.names]
            self._names, self._groups = parts.names, np.array(groups, dtype=np.int64)
        totals = np.zeros((len(self._codes), parts.values.shape[1]))
        strongest = np.zeros(totals.shape, dtype=np.int64)
        _add_up(parts.values, self._groups, totals, strongest)
        return totals, strongest

    def _words(self, cause: _Cause, row: Row) -> str:
        feature, violations, inspected = cause
        said = self._said[feature](row) or feature
        if not violations:
            return said[:_MAX_TEXT]
        told = f": {violations} of {inspected} inspected were violations"
        return said[: _MAX_TEXT - len(told)] + told


def _all_said(phrases: Sequence[Phrase]) -> Phrase:
    """Return what tells all phrases that say something."""
    if len(phrases) == 1:
        return phrases[0]
    return lambda row: ", ".join([text for phrase in phrases if (text := phrase(row))])


@compiled
def _add_up(values: Floats, groups: Integers, totals: Floats, strongest: Integers) -> None:
    """Add each line to its group's, and write the group's first line of the highest value."""
    highest = np.full(totals.shape, -np.inf)
    for line in range(len(groups)):
        group = groups[line]
        if group != _NO_GROUP:
            for parcel in range(values.shape[1]):
                value = values[line, parcel]
                totals[group, parcel] += value
                if value > highest[group, parcel]:
                    highest[group, parcel] = value
                    strongest[group, parcel] = line


def _said_of(signal: Signal, rule: StarterRule | None) -> tuple[str, _Said]:
    """Return code and words of a signal's reason."""
    if rule:
        return rule.code, _Said(detailed(rule.text, signal), "rule")
    code = signal.name.upper().replace("_", "-")
    return code, _Said(detailed(signal.label, signal), "quality")
