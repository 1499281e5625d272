"""The policy files of the measured worker: rules, lists and budgets, made from seeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from bench.lists.made import listed, listed_names
from bench.rules.made import rare_book
from schemas.codec import decode_manifest
from scorers.lists.csvfile import read_entries, write_rows
from scorers.lists.entries import Entry
from scorers.lists.problems import ListError
from scorers.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Contains,
    Listed,
    Not,
    Present,
    SameItem,
    StartsWith,
    Within,
)
from scorers.rules.rule import Rule

RULES: Final = 200
_LIKE: Final = 20_000
_BUDGETS: Final = """\
[default]
share = 0.03
explore = 0.005

[offices.FR002300]
share = 0.02
explore = 0.005
objective = "blend"
revenue_weight = 0.3
"""


def write_policies(
    folder: Path,
    values: Sequence[bytes],
    rules: int = RULES,
    names: Sequence[str] | None = None,
) -> dict[str, str]:
    """Write the files to `folder` and return the settings that name them.

    Rules ask for what occurs in `values`; without `names`, 20,000 made ones are listed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"bench{ending}" for kind, ending in _ENDINGS.items()}
    if rules:
        paths["rules"].write_text(_rule_file(values, rules), encoding="utf-8")
    else:
        del paths["rules"]  # a rule file without rules is refused
    entries = [entry for some in listed(names or listed_names()).values() for entry in some]
    paths["lists"].write_bytes(_accepted([_cells(entry) for entry in entries]))
    paths["budgets"].write_text(_BUDGETS, encoding="utf-8")
    return {f"policy.{kind}": str(path) for kind, path in paths.items()}


def _rule_file(values: Sequence[bytes], rules: int) -> str:
    book = rare_book(rules, [decode_manifest(value) for value in values[:_LIKE]])
    document = {"rules": [written_rule(rule) for rule in book.rules]}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _accepted(rows: list[dict[str, str]]) -> bytes:
    """Return the lines without those that a list file refuses: some made names are alike."""
    try:
        read_entries(write_rows(rows), "bench.csv", "bench")
    except ListError as error:
        refused = {problem.line for problem in error.problems}
        rows = [row for line, row in enumerate(rows, start=2) if line not in refused]
    return write_rows(rows)


_ENDINGS: Final = {"rules": ".yaml", "lists": ".csv", "budgets": ".toml"}


def _cells(entry: Entry) -> dict[str, str]:
    return {"subject": entry.subject, "value": entry.value, "kind": entry.kind}


def written_rule(rule: Rule) -> dict[str, Any]:
    """Return a made rule as a rule file has it."""
    written: dict[str, Any] = {
        "id": rule.id,
        "owner": rule.owner,
        "valid_from": rule.validity.start.isoformat(),
        "reason": rule.reason,
        "text": rule.text,
        "action": rule.action,
        "when": written_condition(rule.when),
    }
    if rule.logits:
        written["logits"] = rule.logits
    if rule.controls:
        written["controls"] = list(rule.controls)
    return written


def written_condition(condition: Condition) -> dict[str, Any]:
    """Return a condition as a rule file has it.

    >>> written_condition(Not(Listed("channel", ("post",))))
    {'not': {'channel': {'in': ['post']}}}
    """
    match condition:
        case AllOf(parts):
            return {"all": [written_condition(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [written_condition(part) for part in parts]}
        case Not(part):
            return {"not": written_condition(part)}
        case SameItem(part):
            return {"same_item": written_condition(part)}
    return _written_test(condition)


def _written_test(condition: Condition) -> dict[str, Any]:
    match condition:
        case Listed(source, values):
            return {source: {"in": list(values)}}
        case StartsWith(source, prefixes):
            return {source: {"starts_with": list(prefixes)}}
        case Contains(source, phrases):
            return {source: {"contains": [" ".join(words) for words in phrases]}}
        case Within(source, low, high):
            return {source: {"between": [low, high]}}
        case Present(source):
            return {source: True}
    raise ValueError(f"Expected a made condition, got {type(condition).__name__}")
