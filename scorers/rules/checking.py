"""Rule files to a book: every rule read, every id once, every example as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scorers.features.tables import ManifestTable
from scorers.rules.book import RuleBook
from scorers.rules.problems import Problem, RuleError
from scorers.rules.reading import read_rules
from scorers.rules.rule import Rule


def book_of(files: Sequence[tuple[str, bytes]]) -> RuleBook:
    """Return the book of files, given by name and content.

    Raises `RuleError` with all problems of all files: what cannot be read, ids that come twice,
    examples that a rule takes for the opposite.
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    for name, data in files:
        read, refused = read_rules(name, data)
        rules += read
        problems += refused
    problems += _repeated(rules)
    if not problems:
        book = RuleBook(rules)
        problems += _failed(book)
    if problems:
        raise RuleError(problems)
    return book


def _repeated(rules: Sequence[Rule]) -> Iterator[Problem]:
    first: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in first:
            other = first[rule.id]
            got = f"the one of {other.file}:{other.line}"
            yield Problem(rule.file, rule.line, f"rule {rule.id}.id", "an id of its own", got)
        first.setdefault(rule.id, rule)


def _failed(book: RuleBook) -> Iterator[Problem]:
    """Yield the examples that are not as they should be, whatever the dates of their rule."""
    asked = [(place, example) for place, rule in enumerate(book.rules) for example in rule.examples]
    table = ManifestTable([example.manifest for _, example in asked])
    found = set(zip(*(ends.tolist() for ends in book.matches(table)), strict=True))
    for parcel, (place, example) in enumerate(asked):
        if ((place, parcel) in found) != example.matches:
            rule = book.rules[place]
            expected, got = ("a match", "none") if example.matches else ("no match", "one")
            yield Problem(rule.file, example.line, f"rule {rule.id}.examples", expected, got)
