"""Rule files and books for tests."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from schemas.manifest import Manifest
from scorers.features.tables import ManifestTable
from scorers.rules.book import RuleBook
from scorers.rules.checking import book_of
from scorers.rules.conditions import Condition
from scorers.rules.hits import RuleHits
from scorers.rules.problems import RuleError
from scorers.rules.rule import Rule, Validity

SINCE_2020 = Validity(datetime(2020, 1, 1, tzinfo=UTC))

HEAD = """\
rules:
  - id: some-rule
    owner: risk desk
    valid_from: 2026-01-01T00:00:00Z
    reason: SOME-REASON
    text: some text
    action: hold
    when:
"""
"""A rule without its condition, which begins on line 9."""

CONDITION_LINE = 9


def with_condition(when: str) -> str:
    """Return a file with one rule that asks for `when`, given as YAML."""
    return HEAD + textwrap.indent(textwrap.dedent(when).strip("\n"), " " * 6) + "\n"


def book_from(text: str) -> RuleBook:
    """Return the book of one file."""
    return book_of([("rules.yaml", text.encode())])


def problems_of(text: str | bytes) -> list[str]:
    """Return what is wrong with one file."""
    data = text if isinstance(text, bytes) else text.encode()
    try:
        book_of([("rules.yaml", data)])
    except RuleError as error:
        return str(error).split("\n")
    return []


def make_rule(when: Condition, **changes: Any) -> Rule:
    """Return a rule that holds what `when` asks for, with `changes`."""
    parts: dict[str, Any] = {
        "id": "some-rule",
        "owner": "risk desk",
        "validity": SINCE_2020,
        "reason": "SOME-REASON",
        "text": "some text",
        "when": when,
        "action": "hold",
    }
    return Rule(**{**parts, **changes})


def apply(book: RuleBook, manifests: Sequence[Manifest]) -> RuleHits:
    """Return what `book` says of `manifests`."""
    return book.apply(ManifestTable(manifests))


def matched(when: str, *manifests: Manifest) -> list[bool]:
    """Return which of `manifests` a rule with the condition `when`, in YAML, matches."""
    return [bool(held) for held in apply(book_from(with_condition(when)), manifests).hold]
