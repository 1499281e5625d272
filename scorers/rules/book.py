"""A book of rules: compiled once, applied to batches, named by a digest of what it says."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np

from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable, TextPart
from scorers.quality import Flags
from scorers.rules.hits import RuleHits
from scorers.rules.rule import Rule, hit_of
from scorers.rules.screens import Screen

_LANGUAGE: Final = "rules-1"
"""Name of what conditions mean: another meaning is another version of every book."""


class RuleBook:
    """Rules in the order of their ids, whatever files they came from; it does not change.

    A rule applies to a parcel if it is in force at the parcel's own time, never by a clock: a
    replay decides the same.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.id))
        self.version = _version(self.rules)
        self._screen = Screen([rule.when for rule in self.rules])
        self._notes = tuple(map(hit_of, self.rules))
        valid = [rule.validity for rule in self.rules]
        self._since = np.array([time.start.timestamp() for time in valid])
        self._until = np.array([time.end.timestamp() if time.end else math.inf for time in valid])
        self._logits = np.array([rule.logits for rule in self.rules])
        self._severity = np.array([rule.severity for rule in self.rules])
        self._holds = np.array([rule.action == "hold" for rule in self.rules], dtype=np.bool_)
        self._clears = np.array([rule.action == "clear" for rule in self.rules], dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.rules)

    @property
    def texts(self) -> list[TextPart]:
        """Texts that are asked for by their hash: hashed with others beforehand they cost less."""
        return self._screen.texts

    def apply(self, table: DeclaredTable, times: Floats | None = None) -> RuleHits:
        """Return what the rules in force say of each parcel of `table`.

        `times`, in Unix seconds, decide what is in force: when the log received the manifests,
        which no sender can state. Without any it is when they were submitted, as they say.
        """
        rules, parcels = self.matches(table)
        seconds = table.numbers("submitted_at") if times is None else times
        kept = self._in_force(rules, seconds[parcels])
        return self._hits(rules[kept], parcels[kept], len(table))

    def matches(self, table: DeclaredTable) -> tuple[Integers, Integers]:
        """Return rule and parcel of every match, in force or not, ordered by rule."""
        if not self.rules or not len(table):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        return self._screen.matches(table)

    def _in_force(self, rules: Integers, seconds: Floats) -> Flags:
        return np.logical_and(self._since[rules] <= seconds, seconds < self._until[rules])

    def _hits(self, rules: Integers, parcels: Integers, count: int) -> RuleHits:
        hold = _flagged(parcels[self._holds[rules]], count)
        clear = _flagged(parcels[self._clears[rules]], count)
        # Added rule by rule, so that no sum depends on the rest of the batch.
        adjustment = np.bincount(parcels, self._logits[rules], count).astype(np.float64)
        severity = np.zeros(count)
        np.maximum.at(severity, parcels, self._severity[rules])
        order = np.argsort(parcels, kind="stable")
        parcels, rules = parcels[order], rules[order]
        return RuleHits(hold, clear & ~hold, adjustment, severity, parcels, rules, self._notes)


def _flagged(parcels: Integers, count: int) -> Flags:
    flags = np.zeros(count, dtype=np.bool_)
    flags[parcels] = True
    return flags


def _version(rules: Sequence[Rule]) -> str:
    content = [_LANGUAGE, [rule.content() for rule in rules]]
    encoded = msgspec.json.encode(content, order="deterministic")
    return f"rules-{hashlib.sha256(encoded).hexdigest()[:12]}"
