"""One rule of a risk analyst, and what it says of a parcel that it matches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from schemas.decision import Reason
from schemas.manifest import Manifest
from schemas.types import Control
from scorers.rules.conditions import Condition

Action = Literal["hold", "clear", "adjust", "advise"]
"""Mandatory hold, mandatory clear, an adjustment of the score, or a recommended control alone."""

MAX_SEVERITY: Final = 1e6
"""EUR: what averting the worst may be worth, of one parcel."""

MAX_LOGITS: Final = 5.0
"""Odds times 148: a rule that means more than that means a mandatory hold."""


@dataclass(frozen=True)
class Validity:
    """Instants with an offset: in force from `start` to before `end`; None is open."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Example:
    """A manifest that a rule must match, or must not; `line` is where its file says so."""

    manifest: Manifest
    matches: bool
    line: int


@dataclass(frozen=True)
class Rule:
    """A rule as read. `logits` is what it adds to the score, 0 unless the action is `adjust`.

    `severity` is the harm to security, in EUR, that holding the parcel would avert.
    """

    id: str
    owner: str
    validity: Validity
    reason: str
    text: str
    when: Condition
    action: Action
    logits: float = 0.0
    controls: tuple[Control, ...] = ()
    severity: float = 0.0
    examples: tuple[Example, ...] = ()
    file: str = ""
    line: int = 0

    def content(self) -> tuple[object, ...]:
        """Return all that makes a difference to a decision: what a version is a digest of."""
        says = (self.reason, self.text, self.action, self.logits, self.controls)
        severity = (self.severity,) if self.severity else ()
        return self.id, self.owner, self.validity, self.when, *says, *severity


@dataclass(frozen=True)
class RuleHit:
    """What a rule says of a parcel; the same object for every parcel that it matches."""

    rule: str
    action: Action
    reason: Reason
    controls: tuple[Control, ...]


def hit_of(rule: Rule) -> RuleHit:
    """Return what `rule` says of the parcels that it matches."""
    reason = Reason(rule.reason, rule.text, "rule", rule.logits)
    return RuleHit(rule.id, rule.action, reason, rule.controls)
