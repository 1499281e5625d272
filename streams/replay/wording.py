"""A replay in words and a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from streams.policy_commands.printing import Report, Table
from streams.replay.command import Comparison, Replay
from streams.replay.figures import Estimates, Figure, PolicyFigures

_SHOWN: Final = 10
_FEW_INSPECTIONS: Final = 30


def report_of(replay: Replay) -> Report:
    """Return what to print of a replay; it has failed if decisions differ from their records."""
    if not replay.decisions:
        return Report(["no decisions in this time"], replay, failed=True)
    return Report([*_parts(replay)], replay, failed=bool(replay.differences))


def _parts(replay: Replay) -> Iterator[str | Table]:
    yield f"{replay.decisions:,} decisions, logged {_at(replay.first)} to {_at(replay.last)}"
    if replay.unreadable:
        yield f"{replay.unreadable:,} records that are no decisions were passed over"
    if replay.differences:
        yield (
            f"{len(replay.differences):,} times a record does not give its decision again; "
            "is policy.lottery_key the one that they were made with?"
        )
        rows = [
            (one.decision_id, one.field, one.recorded, one.replayed)
            for one in replay.differences[:_SHOWN]
        ]
        yield Table(("decision", "field", "recorded", "replayed"), rows)
    else:
        yield "made again from their records, all are the same bit for bit"
    if replay.comparison is not None:
        yield from compared(replay.comparison)


def compared(comparison: Comparison) -> Iterator[str | Table]:
    """Yield what two policies held and found, side by side."""
    found = comparison.found
    yield (
        f"inspected: {found.inspected:,} holds, {found.hits:,} hits, precision "
        f"{found.precision:.3f}, EUR {found.revenue:,.2f} at stake in the hits"
    )
    policies = comparison.in_force, comparison.other
    columns = zip(*(_column(one) for one in policies), strict=True)
    rows = [(name, *values) for name, values in zip(_NAMES, columns, strict=True)]
    yield Table(("", "in force", "other"), rows)
    if comparison.other.effective < _FEW_INSPECTIONS:
        yield (
            f"only {comparison.other.effective:.0f} inspections tell of the other policy: "
            "its figures are little more than the model's opinion"
        )


_NAMES: Final = (
    "policy",
    "holds",
    "holds, over all lottery numbers",
    "hits, by inspections",
    "hits, by inspections and model",
    "precision, by inspections",
    "precision, by inspections and model",
    "revenue EUR, by inspections",
    "revenue EUR, by inspections and model",
    "expected loss of the holds, EUR",
    "inspections that tell of it",
    "holds that nothing tells of",
)


def _column(policy: PolicyFigures) -> tuple[str, ...]:
    plain, robust = policy.by_inspections, policy.by_model_too
    return (
        ", ".join(policy.policy),
        f"{policy.holds:,}",
        f"{policy.expected_holds:,.1f}",
        _amount(plain.hits),
        _amount(robust.hits),
        _rate(plain),
        _rate(robust),
        _amount(plain.revenue),
        _amount(robust.revenue),
        f"{policy.expected_revenue:,.2f}",
        f"{policy.effective:,.0f}",
        f"{policy.unsupported:.1%}",
    )


def _amount(figure: Figure) -> str:
    return f"{figure.value:,.1f} ± {figure.error:,.1f}"


def _rate(estimates: Estimates) -> str:
    return f"{estimates.precision.value:.3f} ± {estimates.precision.error:.3f}"


def _at(instant: datetime | None) -> str:
    return "" if instant is None else instant.isoformat(timespec="seconds")
