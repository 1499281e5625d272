"""An explained decision in words for an officer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import to_builtins

from streams.explaining.command import Explanation
from streams.explaining.rebuilding import Check
from streams.policy_commands.printing import Report, Table

_LONG = ("features", "assessment", "reasons")


def report_of(decision_id: str, explanation: Explanation | None) -> Report:
    """Return what to print; it has failed if the decision is not found or came out otherwise."""
    if explanation is None:
        text = f"{decision_id}: expected a decision and its manifest in the log, found none"
        return Report([text], {"decision_id": decision_id, "found": False}, failed=True)
    return Report([*_parts(explanation)], _value(explanation), failed=explanation.differs)


def _parts(explanation: Explanation) -> Iterator[str | Table]:
    decision = explanation.decision
    yield f"{decision.decision_id}: {decision.action} ({decision.arm}) of {decision.item_id}"
    yield (
        f"chance {decision.probability:.1%}, score {decision.score:.4f}, threshold in force "
        f"{decision.threshold:.4f}, expected loss EUR {decision.expected_loss:,.2f}"
    )
    yield (
        f"model of {decision.model_version:,} labels, policy {decision.policy_version}, rules "
        f"{decision.rules_version}, lists {decision.lists_version or 'none'}"
    )
    if decision.reasons:
        reasons = [(one.code, one.text, one.source, one.contribution) for one in decision.reasons]
        yield Table(("reason", "", "from", "logits"), reasons)
    rows = [
        (one.field, one.verdict, _short(one, one.recorded), _other(one))
        for one in explanation.checks
    ]
    yield Table(("made again", "", "recorded", "rebuilt"), rows)
    yield from explanation.missing.values()


def _other(check: Check) -> str:
    return _short(check, check.rebuilt) if check.verdict == "different" else ""


def _short(check: Check, value: Any) -> str:
    return "" if check.field in _LONG else str(value)


def _value(explanation: Explanation) -> Any:
    return {
        "found": True,
        "matches": not explanation.differs,
        "decision": to_builtins(explanation.decision),
        "checks": [to_builtins(one) for one in explanation.checks],
        "missing": explanation.missing,
    }
