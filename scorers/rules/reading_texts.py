"""Tests of texts: exact ones, starts of codes, and words."""

from __future__ import annotations

import yaml

from scorers.rules.conditions import Condition, Contains, Listed, Not, StartsWith
from scorers.rules.documents import elements, text_of, truth_of
from scorers.rules.fields import FieldType
from scorers.rules.problems import Scope
from scorers.rules.tokens import tokens

_Written = tuple[str, yaml.Node, Scope]


def read_is(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    """Read the one text that a field must be."""
    if isinstance(node, yaml.ScalarNode):
        return read_in(field, node, scope)
    scope.refuse(node, "one text; `in` takes a list")
    return None


def read_in(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    """Read the texts of which a field must be one."""
    values = _codes(field, node, scope, whole=True)
    return None if values is None else Listed(field.source, values)


def read_not_in(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    """Read the texts of which a field must be none; an empty field is none of them."""
    listed = read_in(field, node, scope)
    return None if listed is None else Not(listed)


def read_starts_with(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    """Read the starts of which a field must have one."""
    prefixes = _codes(field, node, scope, whole=False)
    return None if prefixes is None else StartsWith(field.source, prefixes)


def read_contains(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    """Read the words, or phrases of them, of which a field must have one."""
    texts = _texts(node, scope)
    if texts is None:
        return None
    phrases = {tokens(text) for text, _, _ in texts}
    for text, child, inner in texts:
        if not tokens(text):
            inner.refuse(child, "a word with letters or digits")
    return Contains(field.source, tuple(sorted(phrases))) if () not in phrases else None


def read_no_text(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    """Read whether a field must be empty."""
    if field.refusal("", whole=True) is not None:
        scope.refuse(node, "a field that may be left out", f"{field.source}, which is mandatory")
        return None
    absent = truth_of(node, scope)
    if absent is None:
        return None
    empty = Listed(field.source, ("",))
    return empty if absent else Not(empty)


def _texts(node: yaml.Node, scope: Scope) -> list[_Written] | None:
    """Return one text or a list of them; None if any is wrong."""
    places = [(node, scope)] if isinstance(node, yaml.ScalarNode) else elements(node, scope)
    read = [(text_of(child, inner), child, inner) for child, inner in places]
    texts = [(text, child, inner) for text, child, inner in read if text is not None]
    return texts if texts and len(texts) == len(read) else None


def _codes(
    field: FieldType, node: yaml.Node, scope: Scope, *, whole: bool
) -> tuple[str, ...] | None:
    """Return texts that can stand in `field`, sorted; None if any cannot."""
    texts = _texts(node, scope)
    if texts is None:
        return None
    refusals = [_refusal(field, text, whole=whole) for text, _, _ in texts]
    for expected, (_, child, inner) in zip(refusals, texts, strict=True):
        if expected is not None:
            inner.refuse(child, expected)
    return None if any(refusals) else tuple(sorted({text for text, _, _ in texts}))


def _refusal(field: FieldType, text: str, *, whole: bool) -> str | None:
    # Every text starts with the empty one.
    return field.refusal(text, whole=whole) if text or whole else "at least one character"
