"""Commands about rules: are they right, and what would they have said?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from schemas.codec import RecordError, decode_manifest
from schemas.manifest import Manifest
from scorers.rules.files import load_rules
from scorers.rules.problems import RuleError
from scorers.rules.rehearsal import Rehearsal, rehearse
from scorers.rules.rule import Rule
from streams.policy_commands.printing import Report, Table, refusal
from streams.publishing import values_of


def check(path: Path) -> Report:
    """Say what is wrong with rules, a line each, or what rules there are."""
    try:
        book = load_rules(path)
    except RuleError as error:
        return refusal(error.problems, error.problems)
    rows = [_row(rule) for rule in book.rules]
    rules = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    says = f"{len(book)} rules, version {book.version}"
    return Report(
        [Table(_COLUMNS, rows), says] if rows else [says],
        {"version": book.version, "rules": rules},
    )


def rehearsed(path: Path, file: Path, adapter: str | None) -> Report:
    """Say how many of a file's manifests each rule matches, in force or not.

    Raises `SourceError` for a file that cannot be read.
    """
    try:
        book = load_rules(path)
    except RuleError as error:
        return refusal(error.problems, error.problems)
    source = _Manifests(file, adapter)
    found = rehearse(book, source)
    return Report(
        [*_told(found, source)],
        {"rehearsal": found, "unreadable": source.unreadable, "first_problem": source.problem},
    )


_COLUMNS = ("rule", "action", "logits", "owner", "valid_from", "valid_to", "examples", "file")


def _row(rule: Rule) -> tuple[object, ...]:
    valid = rule.validity
    return (
        rule.id,
        rule.action,
        f"{rule.logits:+g}" if rule.logits else "",
        rule.owner,
        valid.start.isoformat(),
        valid.end.isoformat() if valid.end else "",
        len(rule.examples),
        f"{rule.file}:{rule.line}",
    )


@dataclass
class _Manifests:
    """The manifests of a file, and what was passed over on the way."""

    file: Path
    adapter: str | None
    unreadable: int = 0
    problem: str = field(default="", init=False)

    def __iter__(self) -> Iterator[Manifest]:
        for value in values_of(self.file, self.adapter):
            try:
                yield decode_manifest(value)
            except RecordError as error:
                self.unreadable += 1
                self.problem = self.problem or str(error)


def _told(found: Rehearsal, source: _Manifests) -> Iterator[str | Table]:
    rows = [(one.rule, one.matched, one.applied, one.alone) for one in found.rules]
    yield Table(("rule", "matched", "in force", "alone"), rows)
    yield (
        f"{found.parcels:,} parcels: {found.held:,} to be held, {found.cleared:,} to be cleared, "
        f"{found.adjusted:,} adjusted; {found.conflicts:,} were both to be held and to be cleared, "
        "and would be held"
    )
    if source.unreadable:
        yield f"{source.unreadable:,} records are no manifests; the first: {source.problem}"
