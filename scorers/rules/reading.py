"""A rule file's document: its time zone and its rules, with all that is wrong with them."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import ZoneInfo

import yaml

from scorers.rules.dates import validity_of, zone_of
from scorers.rules.documents import Entries, elements, entries, matched, parse
from scorers.rules.effects import effect_of
from scorers.rules.fragments import read_examples
from scorers.rules.problems import Problem, RuleError, Scope
from scorers.rules.reading_conditions import read_condition
from scorers.rules.rule import Example, Rule

_FILE_KEYS: Final = ("rules", "time_zone")
_NEEDED: Final = ("id", "owner", "valid_from", "reason", "text", "when", "action")
_KEYS: Final = (*_NEEDED, "valid_to", "logits", "controls", "severity", "examples")

_FORMS: Final = {
    "id": (r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*", "up to 64 lower-case letters, digits and -"),
    "reason": (r"(?=.{1,64}$)[A-Z0-9]+(-[A-Z0-9]+)*", "a code like DG-BATTERY"),
    "owner": (r"\S.{0,63}", "up to 64 characters on one line"),
    "text": (r"\S.{0,255}", "up to 256 characters on one line"),
}
"""Texts of a rule with the forms they must have: decisions carry reason and text."""


def read_rules(file: str, data: bytes) -> tuple[list[Rule], list[Problem]]:
    """Return the rules in `data` that can be used, and what is wrong with the others."""
    try:
        document = parse(file, data)
    except RuleError as error:
        return [], list(error.problems)
    scope = Scope(file, "", [])
    found = entries(document, scope, _FILE_KEYS)
    zone = None
    if "time_zone" in found:
        zone = zone_of(found["time_zone"][1], scope.inside("time_zone"))
    if "rules" in found:
        return _rules(found["rules"][1], scope.inside("rules"), zone), scope.problems
    scope.refuse(document, "a key `rules`", "none")
    return [], scope.problems


def _rules(node: yaml.Node, scope: Scope, zone: ZoneInfo | None) -> list[Rule]:
    if isinstance(node, yaml.SequenceNode) and not node.value:
        return []
    read = [_rule(child, inner, zone) for child, inner in elements(node, scope)]
    return [rule for rule in read if rule is not None]


def _rule(node: yaml.Node, scope: Scope, zone: ZoneInfo | None) -> Rule | None:
    """Return the rule at `node`, or None after noting everything that is wrong with it."""
    before = len(scope.problems)
    found = entries(node, scope, _KEYS)
    scope = _named(found, scope)
    for key in _NEEDED:
        if found and key not in found:
            scope.refuse(node, f"a key `{key}`", "none")
    texts = {key: _text(key, found, scope) for key in _FORMS}
    validity = validity_of(found, scope, zone)
    effect = effect_of(found, scope)
    when = read_condition(found["when"][1], scope.inside("when")) if "when" in found else None
    examples: tuple[Example, ...] = ()
    if "examples" in found:
        examples = read_examples(found["examples"][1], scope.inside("examples"))
    if validity is None or effect is None or when is None or len(scope.problems) > before:
        return None
    return Rule(
        **texts,
        validity=validity,
        when=when,
        action=effect.action,
        logits=effect.logits,
        controls=effect.controls,
        severity=effect.severity,
        examples=examples,
        file=scope.file,
        line=node.start_mark.line + 1,
    )


def _named(found: Entries, scope: Scope) -> Scope:
    """Return the scope by the rule's id, where there is one: positions change, ids do not."""
    named = found["id"][1] if "id" in found else None
    if isinstance(named, yaml.ScalarNode) and named.value:
        return Scope(scope.file, f"rule {named.value[:64]}", scope.problems)
    return scope


def _text(key: str, found: Entries, scope: Scope) -> str:
    """Return a text that has its form, or an empty one after noting that it has not."""
    form, expected = _FORMS[key]
    if key not in found:
        return ""
    return matched(found[key][1], scope.inside(key), re.compile(form), expected) or ""
