"""A page about Greenlane's run, with the features that its scores are made of."""

from __future__ import annotations

from pathlib import Path

from bench.quality.runs import Outcome, Plan
from scorers.evaluation.report import render_report
from scorers.evaluation.report_features import mean_contributions
from scorers.evaluation.scoring import Apprentice


def write_page(path: Path, plan: Plan, outcome: Outcome) -> None:
    """Write the page of `outcome`, which is Greenlane's."""
    closed_loop = outcome.loops[0] if outcome.loops else None
    results = {
        "frozen": outcome.frozen,
        "prequential": outcome.prequential,
        "closed loop": closed_loop,
    }
    apprentice = Apprentice(plan.spec)
    apprentice.learn(plan.train)
    page = render_report(
        {name: one for name, one in results.items() if one is not None},
        f"{outcome.contestant.name}: {len(plan.test):,} cases after {len(plan.train):,}",
        mean_contributions(apprentice, plan.test),
    )
    path.write_text(page, encoding="utf-8")
