"""Why a parcel is held, in words that an officer can act on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np

from schemas.decision import MAX_REASONS, Reason
from schemas.types import ReasonSource
from scorers.features.batch import Floats, Integers
from scorers.features.contributions import Contributions
from scorers.features.fields import Signal
from scorers.features.rows import Row
from scorers.features.spec import FeatureSpec, StarterRule
from scorers.model.evidence import Evidence
from scorers.phrases import Phrase, detailed, phrase_of

MIN_CONTRIBUTION: Final = 0.05
"""Logits: a feature that adds less says nothing to an officer."""

RANDOM = Reason("RANDOM", "selected at random, whatever its score", "policy")
TOP_SHARE = Reason("TOP-SHARE", "among the highest scores of the recent stream", "policy")

_MAX_TEXT: Final = 256


class _Said(NamedTuple):
    """What words a reason, and its source."""

    phrase: Phrase
    source: ReasonSource


_NOVEL: Final = _Said(lambda _row: "a combination that is seldom seen", "model")

_Candidate = tuple[float, str, int | _Said]
"""Contribution and code of a reason, and the line of the feature that words it, or the words."""

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
        self._phrases = {
            cross.name: [phrases[name] for name in cross.fields] for cross in spec.features
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
                text = cause.phrase(row)[:_MAX_TEXT]
                reasons.append(Reason(code, text, cause.source, round(total, 4)))
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
        said = ", ".join([text for phrase in self._phrases[feature] if (text := phrase(row))])
        violations, inspected = found
        told = f": {violations} of {inspected} inspected were violations" if violations else ""
        return (said or feature)[: _MAX_TEXT - len(told)] + told


def _said_of(signal: Signal, rule: StarterRule | None) -> tuple[str, _Said]:
    """Return code and words of a signal's reason."""
    if rule:
        return rule.code, _Said(detailed(rule.text, signal), "rule")
    code = signal.name.upper().replace("_", "-")
    return code, _Said(detailed(signal.label, signal), "quality")
