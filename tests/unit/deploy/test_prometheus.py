"""Alerts: they fire when they should, use declared metrics, and say what to do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.metrics import DECLARED
from tests.unit.deploy.series import undeclared

ROOT = Path(__file__).parents[3]
RULES: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text())
FILES = sorted((ROOT / "deploy/prometheus/tests").glob("*.yml"))
TESTS = [test for path in FILES for test in yaml.safe_load(path.read_text())["tests"]]
ALL = [rule for group in RULES["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in ALL if "alert" in rule]
RECORDED = {rule["record"] for rule in ALL if "record" in rule}

each_alert = pytest.mark.parametrize("rule", ALERTS, ids=[one["alert"] for one in ALERTS])

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)"
)


@needs_promtool
def test_rules_pass_their_unit_tests() -> None:
    command = ["promtool", "test", "rules", *map(str, FILES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each_alert
def test_alert_has_a_unit_test_in_which_it_fires(rule: dict[str, Any]) -> None:
    fired = {
        case["alertname"]
        for test in TESTS
        for case in test["alert_rule_test"]
        if case["exp_alerts"]
    }
    assert rule["alert"] in fired


@each_alert
def test_runbook_has_a_section_for_the_alert(rule: dict[str, Any]) -> None:
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE)
    assert rule["alert"] in headings
    assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_rules_use_declared_metrics_only() -> None:
    assert {name for rule in ALL for name in undeclared(rule["expr"])} <= RECORDED


def test_undeclared_metric_in_a_query_is_found() -> None:
    assert "greenlane_lag_records" in DECLARED
    assert undeclared("sum(greenlane_lag_records) / greenlane_lag_recrods") == {
        "greenlane_lag_recrods"
    }
