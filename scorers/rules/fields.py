"""Fields that a rule can read, and which values can ever stand in them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from schemas.manifest import Item, Manifest, Party
from schemas.types import ShortText
from scorers import quality
from scorers.features import derived
from scorers.features.declared import OPTIONAL_PARTIES

Kind = Literal["text", "number", "signal"]

ATTRIBUTES: Final = "attributes."
ITEMS: Final = "items."
_PARTIES: Final = ("consignor", "consignee", *sorted(OPTIONAL_PARTIES))

_COUNTRY_LENGTH: Final = 2
_COUNTRY = (re.compile(r"[A-Z]{1,2}"), "two capital letters (ISO 3166-1)")
_FORMS: Final = {
    "hs_code": (re.compile(r"[0-9]{1,10}"), "1 to 10 digits without dots"),
    "country": _COUNTRY,
    "origin": _COUNTRY,
    "origin_post_country": _COUNTRY,
    "destination_country": _COUNTRY,
    "currency": (re.compile(r"[A-Z]{1,3}"), "three capital letters (ISO 4217)"),
}
"""Codes, by the last part of a field's name: a rule that misspells one would never match."""


@dataclass(frozen=True)
class FieldType:
    """What stands in a field: its kind, and the record's own type with its bounds."""

    source: str
    kind: Kind
    hint: Any

    @property
    def of_items(self) -> bool:
        """Whether each item has a value of its own."""
        return self.source.startswith(ITEMS)

    @property
    def short(self) -> bool:
        """Whether the record takes a few short texts only: a word of a list, a country."""
        return bool(self._choices) or self._longest <= _COUNTRY_LENGTH

    @property
    def _choices(self) -> list[str]:
        """The texts that the record allows, if it lists them."""
        bare = get_args(self.hint)[0] if get_origin(self.hint) is Annotated else self.hint
        return sorted(get_args(bare)) if get_origin(bare) is Literal else []

    @property
    def _longest(self) -> float:
        """How long a text may be here."""
        metas = getattr(self.hint, "__metadata__", ())
        return min(
            (one.max_length for one in metas if one.max_length is not None), default=math.inf
        )

    @property
    def _code(self) -> str:
        """The code that stands here by its name; an attribute may be called like one."""
        return "" if self.source.startswith(ATTRIBUTES) else self.source.rpartition(".")[2]

    def refusal(self, value: str, *, whole: bool) -> str | None:
        """Return what is expected instead of `value`, or None if it can stand here.

        The start of a code need only be of its form; a `whole` one must also keep its bounds.

        >>> FIELDS["channel"].refusal("air", whole=True)
        'one of express, other, post'
        """
        if not value and self.source.partition(".")[0] in OPTIONAL_PARTIES:
            return None
        form, expected = _FORMS.get(self._code, (None, ""))
        if form is not None and value and not form.fullmatch(value):
            return expected
        return self._bound_broken(value) if whole else None

    def _bound_broken(self, value: str) -> str | None:
        if self._choices:
            listed = ", ".join(filter(None, self._choices))
            return None if value in self._choices else f"one of {listed}"
        try:
            msgspec.convert(value, self.hint)
        except msgspec.ValidationError as error:
            return str(error).removeprefix("Expected ").replace("`str`", "a text")
        return None


def field_named(source: str) -> FieldType | None:
    """Return the field called `source`, or None if no manifest has it.

    >>> field_named("items.hs_code").of_items, field_named("attributes.tax_type").kind
    (True, 'text')
    """
    if source.startswith(ATTRIBUTES) and len(source) > len(ATTRIBUTES):
        return FieldType(source, "text", ShortText)
    return FIELDS.get(source)


def _fields_of(record: type, prefix: str = "") -> dict[str, FieldType]:
    """Return the texts and numbers of a record, by their path."""
    plain = get_type_hints(record)
    bounded = get_type_hints(record, include_extras=True)
    kinds = {name: _kind(hint) for name, hint in plain.items()}
    return {
        prefix + name: FieldType(prefix + name, kind, bounded[name])
        for name, kind in kinds.items()
        if kind is not None
    }


def _kind(hint: Any) -> Kind | None:
    if hint is str or get_origin(hint) is Literal:
        return "text"
    return "number" if hint in (int, float) else None


def _all_fields() -> dict[str, FieldType]:
    found = _fields_of(Manifest)
    for party in _PARTIES:
        found |= _fields_of(Party, f"{party}.")
    for item in ("items", "main"):
        found |= _fields_of(Item, f"{item}.")
    for name in derived.COLUMNS:
        found[f"derived.{name}"] = FieldType(f"derived.{name}", "number", float)
    for name in quality.SIGNALS:
        found[f"signals.{name}"] = FieldType(f"signals.{name}", "signal", bool)
    return found


FIELDS: Final = MappingProxyType(_all_fields())
"""Every field but the attributes, whose keys customs offices choose."""
