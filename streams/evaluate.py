"""The command `greenlane evaluate`: how good the scorer is on recorded cases, without Kafka."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import typer

from scorers.evaluation.cases import Cases
from scorers.evaluation.closed_loop import LoopPlan, LoopResult, closed_loop
from scorers.evaluation.protocols import Evaluation, frozen, prequential
from scorers.evaluation.report import render_report
from scorers.evaluation.report_features import mean_contributions
from scorers.evaluation.scoring import Apprentice
from scorers.model.ftrl import FTRLSettings
from scorers.specs import spec_named
from streams import clock
from streams.settings import load_settings
from streams.sources.adapters import adapter_named
from streams.sources.files import SourceError

Protocol = Literal["frozen", "prequential", "closed-loop"]


class EvaluationPlan(msgspec.Struct, frozen=True):
    """What to evaluate on: train and test files, or the files of a closed loop."""

    adapter: str
    protocol: Protocol
    train: Sequence[Path]
    test: Sequence[Path]
    loop: LoopPlan


def evaluate(plan: EvaluationPlan, apprentice: Apprentice, test: Cases) -> Evaluation | LoopResult:
    """Run a protocol; raise `SourceError` for a file that cannot be used."""
    if plan.protocol == "closed-loop":
        if (test.days[-1] - test.days[0]).days < plan.loop.warmup_days:
            raise SourceError(
                f"Expected more days than the warm-up's {plan.loop.warmup_days}, "
                f"got {test.days[0]} to {test.days[-1]}"
            )
        return closed_loop(apprentice, test, plan.loop, clock.monotonic)
    train = load_cases(plan.adapter, plan.train)
    run = frozen if plan.protocol == "frozen" else prequential
    return run(apprentice, train, test, clock.monotonic)


def load_cases(adapter: str, files: Sequence[Path]) -> Cases:
    """Return the cases of all files, in the order of their days."""
    if not files:
        raise SourceError("Expected at least one file to train on and one to test on, got none")
    records = [record for file in files for record in adapter_named(adapter).read(file)]
    if not records:
        raise SourceError(f"{files[0]}: expected records, got none")
    records.sort(key=lambda record: record.day)
    return Cases(
        [record.manifest for record in records],
        [record.day for record in records],
        np.array([record.violation for record in records], dtype=np.float64),
    )


def print_result(plan: EvaluationPlan, page: Path | None, as_json: bool) -> None:
    """Run `plan`, print its figures, and write a page with plots if `page` is given."""
    apprentice = _apprentice(plan.adapter)
    test = load_cases(plan.adapter, plan.test)
    result = evaluate(plan, apprentice, test)
    report = result.report()
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        for name, value in _lines(report):
            typer.echo(f"{name:<28} {value}")
    if page is not None:
        title = f"{plan.adapter}, {plan.protocol}"
        largest = mean_contributions(apprentice, test)
        page.write_text(render_report(result, title, largest), encoding="utf-8")


def _lines(report: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the figures of a report, nested ones with their path."""
    for name, value in report.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{prefix}{name} ")
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
            yield f"{prefix}{name}", shown


def _apprentice(adapter: str) -> Apprentice:
    """Return an untaught model with the adapter's features and the settings in force."""
    model = load_settings().model
    rates = FTRLSettings(model.alpha, model.beta, model.l1, model.l2)
    return Apprentice(spec_named(adapter_named(adapter).spec), rates, model.bits)
