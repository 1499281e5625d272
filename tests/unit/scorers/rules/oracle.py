"""The meaning of conditions in plain Python, parcel by parcel: columns must agree with it."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Any

from hypothesis import strategies as st

from schemas.manifest import Item, Manifest
from scorers.features.tables import ManifestTable
from scorers.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Contains,
    Listed,
    Missing,
    Not,
    Present,
    SameItem,
    StartsWith,
    Test,
    Within,
)
from scorers.rules.tokens import tokens


def holds(condition: Condition, manifest: Manifest, item: Item | None = None) -> bool:
    """Tell whether a condition holds for a parcel, or for one of its items."""
    match condition:
        case Not(part):
            return not holds(part, manifest, item)
        case AllOf(parts):
            return all(holds(part, manifest, item) for part in parts)
        case AnyOf(parts):
            return any(holds(part, manifest, item) for part in parts)
        case SameItem(part):
            return any(holds(part, manifest, each) for each in manifest.items)
    return _satisfied(condition, _value(condition.source, manifest, item))


def _value(source: str, manifest: Manifest, item: Item | None) -> Any:
    root, _, rest = source.partition(".")
    if root == "items":
        return getattr(item, rest)
    if root in ("derived", "signals", "main"):
        return ManifestTable([manifest]).column(source)[0]
    if root == "attributes":
        return manifest.attributes.get(rest, "")
    if root == "deliver_to":
        return "" if manifest.deliver_to is None else getattr(manifest.deliver_to, rest)
    return attrgetter(source)(manifest)


def _satisfied(test: Test, value: Any) -> bool:
    match test:
        case Listed(_, values):
            return value in values
        case StartsWith(_, prefixes):
            return any(value[: len(prefix)] == prefix for prefix in prefixes)
        case Contains(_, phrases):
            said = tokens(value)
            return any(
                said[start : start + len(phrase)] == phrase
                for phrase in phrases
                for start in range(len(said))
            )
        case Within(_, low, high):
            return bool(low <= value <= high)
        case Missing():
            return math.isnan(value)
        case Present():
            return bool(value)


_TEXTS = ("destination_country", "seller_id", "transaction_nature", "deliver_to.id", "main.hs_code")
_VALUES = ["DE", "FR", "PL", "sale", "gift", "c-1", "c-7", "", *(f"seller-{n}" for n in range(12))]
_STARTS = ["D", "seller-1", "seller-11", "610", "85", "8507", "950300", "seller-", "c-1"]
_PHRASES = [("cotton",), ("t", "shirt"), ("power", "bank"), ("手", "机"), ("gift",)]
_NUMBERS = ("total_value", "gross_weight_kg", "derived.unit_value", "derived.tax_rate")


def _some(values: list[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True).map(tuple)


def _spans(source: str) -> st.SearchStrategy[Test]:
    bounds = st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted)
    return bounds.map(lambda ends: Within(source, *ends))


def _trees(tests: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    def grown(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return st.builds(Not, parts) | st.builds(AllOf, several) | st.builds(AnyOf, several)

    return st.recursive(tests, grown, max_leaves=6)


_OF_ITEMS = _trees(
    st.builds(StartsWith, st.just("items.hs_code"), _some(_STARTS))
    | st.builds(Listed, st.just("items.origin"), _some(["CN", "VN", ""]))
    | st.builds(Contains, st.just("items.description"), _some(_PHRASES))
    | _spans("items.value")
)

CONDITIONS = _trees(
    st.builds(Listed, st.sampled_from(_TEXTS), _some(_VALUES))
    | st.builds(StartsWith, st.sampled_from(_TEXTS), _some(_STARTS))
    | st.builds(Contains, st.just("main.description"), _some(_PHRASES))
    | st.sampled_from(_NUMBERS).flatmap(_spans)
    | st.builds(Missing, st.sampled_from(_NUMBERS))
    | st.builds(Present, st.sampled_from(["signals.value_round", "signals.gift_by_business"]))
    | st.builds(Listed, st.just("attributes.tax_type"), _some(["A", "B", ""]))
    | st.builds(SameItem, _OF_ITEMS)
)
"""Any condition over fields that `make_manifests` varies."""
