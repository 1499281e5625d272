"""The `when` of a rule: trees of all, any, not and same_item over fields, made from YAML nodes."""

from __future__ import annotations

from typing import Final

import yaml

from scorers.rules.conditions import AllOf, AnyOf, Condition, Not, SameItem
from scorers.rules.documents import elements, entries
from scorers.rules.fields import FIELDS, ITEMS, field_named
from scorers.rules.problems import Scope, shown, with_nearest
from scorers.rules.reading_tests import read_tests

_JOINTS: Final = ("all", "any", "not", "same_item")


def read_condition(node: yaml.Node, scope: Scope, *, of_one_item: bool = False) -> Condition | None:
    """Return the condition at `node`, without the parts that are noted as wrong.

    A list means all of its parts, and so does a mapping with several keys. Fields of items are
    true of a parcel if they are true of any of its items; within `same_item` they are of one.
    """
    if isinstance(node, yaml.SequenceNode):
        return _join(AllOf, _parts(node, scope, of_one_item))
    found = entries(node, scope)
    if isinstance(node, yaml.MappingNode) and not node.value:
        scope.refuse(node, "a condition", "an empty mapping")
    parts = [
        _entry(name, key, value, scope.inside(name), of_one_item)
        for name, (key, value) in found.items()
    ]
    return _join(AllOf, parts)


def _parts(node: yaml.Node, scope: Scope, of_one_item: bool) -> list[Condition | None]:
    return [
        read_condition(child, inner, of_one_item=of_one_item)
        for child, inner in elements(node, scope)
    ]


def _join(kind: type[AllOf] | type[AnyOf], parts: list[Condition | None]) -> Condition | None:
    """Return as one condition what could be read; what could not is noted, and refuses the rule."""
    read = tuple(part for part in parts if part is not None)
    return read[0] if len(read) == 1 else kind(read) if read else None


def _entry(
    name: str, key: yaml.Node, value: yaml.Node, scope: Scope, of_one_item: bool
) -> Condition | None:
    if name in ("all", "any"):
        return _join(AllOf if name == "all" else AnyOf, _parts(value, scope, of_one_item))
    if name == "not":
        part = read_condition(value, scope, of_one_item=of_one_item)
        return None if part is None else Not(part)
    if name == "same_item":
        return _same_item(key, value, scope, of_one_item)
    return _field(name, key, value, scope, of_one_item)


def _same_item(
    key: yaml.Node, value: yaml.Node, scope: Scope, of_one_item: bool
) -> Condition | None:
    if of_one_item:
        scope.refuse(key, "same_item once", "one within another")
        return None
    part = read_condition(value, scope, of_one_item=True)
    return None if part is None else SameItem(part)


def _field(
    name: str, key: yaml.Node, value: yaml.Node, scope: Scope, of_one_item: bool
) -> Condition | None:
    field = field_named(name)
    if field is None:
        known = [*FIELDS, *_JOINTS]
        scope.refuse(key, with_nearest("a field or all, any, not, same_item", name, known))
        return None
    if of_one_item and not field.of_items:
        scope.refuse(key, f"a field of an item ({ITEMS}NAME)", shown(name))
        return None
    test = _join(AllOf, read_tests(field, value, scope))
    return SameItem(test) if test is not None and field.of_items and not of_one_item else test
