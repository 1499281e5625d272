"""What docs/policy.md shows can be used as it stands there."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scorers.budgets.loading import load_plan
from scorers.lists.csvfile import read_entries
from scorers.rules.checking import book_of
from streams.cli import app
from streams.settings import setting_names

DOCUMENT = Path(__file__).parents[3] / "docs" / "policy.md"


@cache
def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def block(language: str) -> bytes:
    """Return the one example in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", text(), re.DOTALL)
    return str(found).encode()


def test_budget_plan_of_the_document_is_one() -> None:
    plan = load_plan(block("toml"), "policy.md")
    assert plan.offices["DE003302"].queue == 400
    (member,) = plan.trusted.members
    assert member.until == datetime(2027, 6, 30, tzinfo=UTC)


def test_rules_of_the_document_keep_their_examples() -> None:
    (rule,) = book_of([("policy.md", block("yaml"))]).rules
    assert len(rule.examples) == 2


def test_list_of_the_document_is_one() -> None:
    entries = read_entries(block("csv"), "policy.md", "risks")
    assert {entry.kind for entry in entries} == {"watch", "restricted", "prohibited", "allow"}


def test_settings_of_the_document_exist() -> None:
    named = set(re.findall(r"`(policy\.[a-z_]+)`", text()))
    assert len(named) >= 6
    assert named <= set(setting_names())


COMMANDS = sorted(set(re.findall(r"^`?(greenlane [^`#\n]+)", text(), re.MULTILINE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_command_of_the_document_exists_with_its_options(line: str) -> None:
    _, *words = shlex.split(line)
    names = [word for word in words[:2] if re.fullmatch("[a-z]+", word)]
    said = CliRunner().invoke(app, [*names, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert said.exit_code == 0, said.output
    assert all(word in said.output for word in words if word.startswith("--"))


def test_document_shows_commands_to_check() -> None:
    assert len(COMMANDS) >= 8
