"""What was caught of each typology, and how much more with profiles and orders than without."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import Any, Final

from bench.history.loop import Decided

ALL: Final = "all violations"


@dataclass
class Run:
    """Counts of one run: parcels and holds of each typology, holds by score and hits among them."""

    parcels: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    by_score: int = 0
    hits: int = 0

    @classmethod
    def of(cls, decided: Iterable[Decided]) -> Run:
        """Count all that was decided."""
        run = cls()
        for one in decided:
            held = one.decision.action == "hold"
            for name in (one.typology, ALL) if one.typology else ():
                run.parcels[name] = run.parcels.get(name, 0) + 1
                run.held[name] = run.held.get(name, 0) + held
            if held and one.decision.arm == "risk":
                run.by_score += 1
                run.hits += bool(one.typology)
        return run

    def recall(self, typology: str) -> float:
        """Return the share that was held, by score or at random."""
        return self.held[typology] / self.parcels[typology]

    @property
    def precision(self) -> float:
        """The share of violations among what was held by score."""
        return self.hits / max(self.by_score, 1)

    def report(self) -> dict[str, Any]:
        """Return all figures by name."""
        recalls = {name: self.recall(name) for name in self.parcels}
        return {"recall": recalls, "parcels": self.parcels, "precision": self.precision}


def markdown(without: Sequence[Run], with_: Sequence[Run]) -> str:
    """Return the table; the most gained comes first."""
    names = sorted(with_[0].parcels, key=lambda name: -_ratio(name, without, with_))
    names.sort(key=ALL.__eq__)
    head = "| typology | parcels | caught without | caught with | ratio |"
    lines = [head, "|---|---|---|---|---|"]
    for name in names:
        parcels = mean(run.parcels[name] for run in with_)
        shares = (_spread([run.recall(name) for run in runs]) for runs in (without, with_))
        ratio = _ratio(name, without, with_)
        told = f"{ratio:.1f}" if math.isfinite(ratio) else "–"
        lines.append("| " + " | ".join((name, f"{parcels:,.0f}", *shares, told)) + " |")
    precisions = [_spread([run.precision for run in runs]) for runs in (without, with_)]
    return "\n".join([*lines, f"\nviolations among holds by score: {' and '.join(precisions)}"])


def _ratio(name: str, without: Sequence[Run], with_: Sequence[Run]) -> float:
    """Return the ratio of mean recalls, infinity where nothing was caught without."""
    former, recall = (mean(run.recall(name) for run in runs) for runs in (without, with_))
    return recall / former if former else math.inf


def _spread(shares: Sequence[float]) -> str:
    spread = f" ± {stdev(shares):.1%}" if len(shares) > 1 else ""
    return f"{mean(shares):.1%}{spread}".replace("%", " %")
