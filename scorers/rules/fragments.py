"""Examples in rule files: fragments of manifests, completed by the contract's own example."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec
import yaml

from schemas.manifest import EXAMPLE, Item, Manifest, Party
from scorers.rules.documents import elements, entries, text_of
from scorers.rules.problems import Scope
from scorers.rules.rule import Example

_OUTCOMES: Final = {"match": True, "no_match": False}
_BASE: Final[dict[str, Any]] = msgspec.json.decode(EXAMPLE)
_PARTIES: Final = frozenset({"consignor", "consignee", "buyer", "deliver_to"})
_OTHER: Final = {"id": "c-2"}
"""What a buyer or receiver is completed by: somebody else than the consignee."""

_SUMS: Final = {"total_value": "value", "gross_weight_kg": "net_weight_kg"}


def read_examples(node: yaml.Node, scope: Scope) -> tuple[Example, ...]:
    """Return the examples of one rule: `match` or `no_match`, each with a fragment."""
    read = []
    for child, inner in elements(node, scope):
        found = entries(child, inner, _OUTCOMES)
        if not found:
            inner.refuse(child, "match or no_match", "neither")
        for name, (_, value) in found.items():
            manifest = _manifest(value, inner.inside(name))
            if manifest is not None:
                read.append(Example(manifest, _OUTCOMES[name], child.start_mark.line + 1))
    return tuple(read)


def _manifest(node: yaml.Node, scope: Scope) -> Manifest | None:
    """Return the contract's example with what the fragment at `node` says instead.

    Total value and gross weight are the items' sums, unless the fragment gives them too.
    """
    before = len(scope.problems)
    given = _tree(node, scope, Manifest)
    if len(scope.problems) > before:
        return None
    try:
        # Not strict: every scalar of a fragment is a text yet.
        manifest = msgspec.convert(_completed(given), Manifest, strict=False)
    except msgspec.ValidationError as error:
        scope.refuse(node, "a fragment that keeps the manifest's contract", str(error))
        return None
    return (
        msgspec.structs.replace(manifest, **_sums(manifest, given))
        if "items" in given
        else manifest
    )


def _sums(manifest: Manifest, given: Collection[str]) -> dict[str, float]:
    """Return the sums that a fragment does not give; nothing weighs as much as the example."""
    sums = {
        field: sum(getattr(item, part) for item in manifest.items)
        for field, part in _SUMS.items()
        if field not in given
    }
    return {field: total for field, total in sums.items() if total or field == "total_value"}


def _completed(given: dict[str, Any]) -> dict[str, Any]:
    whole = _BASE | given
    for party in given.keys() & _PARTIES:
        whole[party] = _BASE.get(party, _OTHER) | given[party]
    if "items" in given:
        whole["items"] = [_BASE["items"][0] | item for item in given["items"]]
    return whole


def _tree(node: yaml.Node, scope: Scope, record: type[msgspec.Struct]) -> dict[str, Any]:
    """Return a mapping as plain values; note what is no field of `record`."""
    found = entries(node, scope, record.__struct_fields__)
    return {name: _value(name, value, scope.inside(name)) for name, (_, value) in found.items()}


def _value(name: str, node: yaml.Node, scope: Scope) -> Any:
    if name in _PARTIES:
        return _tree(node, scope, Party)
    if name == "items":
        return [_tree(child, inner, Item) for child, inner in elements(node, scope)]
    if name == "attributes":
        found = entries(node, scope)
        return {key: text_of(value, scope.inside(key)) for key, (_, value) in found.items()}
    return text_of(node, scope)
