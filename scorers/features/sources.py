"""Names that a field of a spec can read, and what is wrong with one that it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, get_origin, get_type_hints

from schemas.manifest import Item, Manifest, Party
from scorers import profiled, quality
from scorers.features import derived
from scorers.features.declared import OPTIONAL_PARTIES
from scorers.features.fields import Category, Field, Level, Note, Number, Words
from scorers.features.spec import FeatureSpec, SpecError

_TEXT: Final = "a text"
_NUMBER: Final = "a number"
_SIGNAL: Final = "a signal"

Kinds = Mapping[str, str]
"""Names that can be read, and what stands there; "" for what is no single value."""


def level_of(source: str) -> Level:
    """Return what `source` has one value for."""
    return Level.ITEM if source.startswith("items.") else Level.PARCEL


def is_of_profiles(source: str) -> bool:
    """Tell whether `source` says what was seen before."""
    root, _, name = source.partition(".")
    return root == "profiles" or (root == "signals" and name in profiled.SIGNALS)


def check_sources(spec: FeatureSpec) -> None:
    """Raise `SpecError` if a field of `spec` reads what no manifest has, or cannot use it."""
    for field in spec.fields:
        place = f"{spec.name}.fields.{field.name}.source"
        kinds, name = _kinds_at(field.source)
        if name not in kinds:
            expected = f"one of {', '.join(sorted(kinds))}"
        elif isinstance(field, Words) and level_of(field.source) is not Level.ITEM:
            expected = "an item's text"
        elif kinds[name] != _usable(field):
            expected = _usable(field)
        else:
            continue
        raise SpecError(f"{place}: expected {expected}, got {field.source!r}")


def _usable(field: Field) -> str:
    """Return the kind of source that `field` can be made from."""
    if isinstance(field, Category | Words | Note):
        return _TEXT
    return _NUMBER if isinstance(field, Number) else _SIGNAL


def _kinds_at(source: str) -> tuple[Kinds, str]:
    """Return what could be read where `source` points, and the name that it gives there."""
    root, _, rest = source.partition(".")
    if root == "attributes":
        return {rest or "attributes.KEY": _TEXT}, rest
    if root == "derived":
        return dict.fromkeys(derived.COLUMNS, _NUMBER), rest
    if root == "profiles":
        return dict.fromkeys(profiled.NUMBERS, _NUMBER) | dict.fromkeys(
            profiled.FORMERS, _TEXT
        ), rest
    if root == "signals":
        return dict.fromkeys((*quality.SIGNALS, *profiled.SIGNALS), _SIGNAL), rest
    if root in ("items", "main"):
        return _ITEM, rest
    if rest and root in ("consignor", "consignee", *OPTIONAL_PARTIES):
        return _PARTY, rest
    return _MANIFEST, source


def _kinds_of(record: type) -> Kinds:
    return {name: _kind(hint) for name, hint in get_type_hints(record).items()}


def _kind(hint: Any) -> str:
    if hint is str or get_origin(hint) is Literal:
        return _TEXT
    return _NUMBER if hint in (int, float) else ""


_MANIFEST, _ITEM, _PARTY = map(_kinds_of, (Manifest, Item, Party))
