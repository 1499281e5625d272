"""What a user is told of broken files when a process starts: one line for each kind of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.reference.errors import ReferenceDataError
from schemas.reference.loading import load_reference
from scorers.budgets.loading import BudgetError
from scorers.lists.problems import ListError
from scorers.rules.problems import RuleError
from streams.failures import one_line
from streams.policies import PolicyFollower
from streams.settings import PolicySettings
from tests.unit.scorers.rules.builders import with_condition
from tests.unit.streams.clocks import Clock
from tests.unit.streams.test_policies import DAY

BROKEN = {
    "rules": (
        "rules.yaml",
        with_condition("seler_id: seller-1").replace("action: hold", "action: hodl"),
        "rule some-rule.action: expected one of ",
    ),
    "lists": (
        "watch.csv",
        "subject,value,kind\nhs,9301,watched\nseler,seller-7,watch\n",
        "watch.csv:2: kind: expected one of ",
    ),
    "budgets": (
        "budgets.toml",
        "default.share = 3\ndefault.queue = 0\n",
        "budgets.toml:1: default.share: expected ",
    ),
    "reference": (
        "vat_rates.csv",
        "destination,rate_percent,source\nDE,nineteen,law\nFR,20\n",
        "vat_rates.csv line 2: rate_percent: expected ",
    ),
}


def start(kind: str, path: Path) -> None:
    """Read a file of the policy as a worker does when it starts."""
    if kind == "reference":
        load_reference(path.parent)
    PolicyFollower(PolicySettings.model_validate({kind: str(path)}), Clock(), lambda: DAY)


@pytest.mark.parametrize("kind", BROKEN)
def test_start_with_a_broken_file_of_any_kind_is_told_in_one_line(
    tmp_path: Path, kind: str
) -> None:
    name, content, problem = BROKEN[kind]
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises((RuleError, ListError, BudgetError, ReferenceDataError)) as raised:
        start(kind, path)
    line = one_line(raised.value) or ""
    assert problem in line
    assert line.endswith(" (and 1 more; its check command tells all)")
    assert "\n" not in line


def test_fault_of_ours_is_not_told_in_a_line() -> None:
    assert one_line(ZeroDivisionError("division by zero")) is None
