"""What a run ends with, and what several add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields

from tests.chaos.checker import Answers


@dataclass(frozen=True)
class Found:
    """What a run ends with."""

    answers: Answers
    labels: int
    labelled_twice: int
    profiles: int
    profiles_differ: int
    models: int
    models_differ: int
    """Models that are not the undisturbed fold of the labels."""
    ledger_lines: int
    ledger_differs: int
    """Lines of the ledger that differ from the decisions."""
    faults: Counter[str]
    restarts: int
    """Processes that left by themselves and were started anew."""

    def __str__(self) -> str:
        counts = (one.name for one in fields(self) if one.name not in ("answers", "faults"))
        found = " ".join(f"{name}={getattr(self, name)}" for name in counts)
        return f"{self.answers} {found} faults={self.faults.total()}"

    def __add__(self, other: Found) -> Found:
        pairs = ((getattr(self, one.name), getattr(other, one.name)) for one in fields(self))
        return Found(*(mine + theirs for mine, theirs in pairs))

    @property
    def exact(self) -> bool:
        """Whether all is as if nothing had gone wrong."""
        differ = self.profiles_differ or self.models_differ or self.ledger_differs
        return self.answers.exact and not (self.labelled_twice or differ)
