"""Tests of one field, by the operators that its kind knows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import yaml

from scorers.rules import reading_texts
from scorers.rules.conditions import Condition, Missing, Not, Present, Within
from scorers.rules.documents import elements, entries, number_of, truth_of
from scorers.rules.fields import FieldType, Kind
from scorers.rules.problems import Scope

_Reader = Callable[[FieldType, yaml.Node, Scope], Condition | None]


def read_tests(field: FieldType, node: yaml.Node, scope: Scope) -> list[Condition | None]:
    """Return the tests at `node`, None for one that is wrong, after noting why.

    A value instead of operators means `is`, a list of them `in`.
    """
    operators = OPERATORS[field.kind]
    if isinstance(node, yaml.ScalarNode):
        return [operators["is"](field, node, scope)]
    if isinstance(node, yaml.SequenceNode) and "in" in operators:
        return [operators["in"](field, node, scope)]
    if not isinstance(node, yaml.MappingNode) or not node.value:
        scope.refuse(node, f"a test of a {field.kind}: {', '.join(operators)}")
        return [None]
    found = entries(node, scope, operators)
    return [operators[name](field, value, scope.inside(name)) for name, (_, value) in found.items()]


def _is(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    value = number_of(node, scope)
    return None if value is None else Within(field.source, value, value)


def _above(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    value = number_of(node, scope)
    if value is None:
        return None
    return Within(field.source, math.nextafter(value, math.inf), math.inf)


def _below(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    value = number_of(node, scope)
    if value is None:
        return None
    return Within(field.source, -math.inf, math.nextafter(value, -math.inf))


def _between(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    bounds = [number_of(child, inner) for child, inner in elements(node, scope)]
    if not bounds or None in bounds:
        return None
    match bounds:
        case [float(low), float(high)] if low <= high:
            return Within(field.source, low, high)
    scope.refuse(node, "two numbers, the lower one first", str(bounds))
    return None


def _missing(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    absent = truth_of(node, scope)
    if absent is None:
        return None
    return Missing(field.source) if absent else Not(Missing(field.source))


def _signal(field: FieldType, node: yaml.Node, scope: Scope) -> Condition | None:
    raised = truth_of(node, scope)
    if raised is None:
        return None
    return Present(field.source) if raised else Not(Present(field.source))


OPERATORS: Final[Mapping[Kind, Mapping[str, _Reader]]] = {
    "text": {
        "is": reading_texts.read_is,
        "in": reading_texts.read_in,
        "not_in": reading_texts.read_not_in,
        "starts_with": reading_texts.read_starts_with,
        "contains": reading_texts.read_contains,
        "missing": reading_texts.read_no_text,
    },
    "number": {
        "is": _is,
        "above": _above,
        "below": _below,
        "between": _between,
        "missing": _missing,
    },
    "signal": {"is": _signal},
}
"""What can be asked of a field, by its kind."""
