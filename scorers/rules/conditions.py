"""What a rule asks for: tests of single fields, and the trees that join them.

The types are data, encoded as they are for a rule book's version. Texts are compared as declared;
only `Contains` looks at normalised words.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


class Listed(Struct, frozen=True, tag="listed"):
    """The text is one of `values`."""

    source: str
    values: tuple[str, ...]


class StartsWith(Struct, frozen=True, tag="starts"):
    """The text starts with one of `prefixes`."""

    source: str
    prefixes: tuple[str, ...]


class Contains(Struct, frozen=True, tag="contains"):
    """The text has the words of one of `phrases`, one after the other."""

    source: str
    phrases: tuple[tuple[str, ...], ...]


class Within(Struct, frozen=True, tag="within"):
    """The number is from `low` to `high`, both included; a missing one is nowhere."""

    source: str
    low: float
    high: float


class Missing(Struct, frozen=True, tag="missing"):
    """The number is not there, or cannot be computed."""

    source: str


class Present(Struct, frozen=True, tag="present"):
    """The data-quality signal is raised."""

    source: str


Test = Listed | StartsWith | Contains | Within | Missing | Present


class Not(Struct, frozen=True, tag="not"):
    """The part does not hold."""

    part: Condition


class AllOf(Struct, frozen=True, tag="all"):
    """Every part holds."""

    parts: tuple[Condition, ...]


class AnyOf(Struct, frozen=True, tag="any"):
    """At least one part holds."""

    parts: tuple[Condition, ...]


class SameItem(Struct, frozen=True, tag="item"):
    """At least one item of the parcel satisfies the part, all of it."""

    part: Condition


Condition = Test | Not | AllOf | AnyOf | SameItem
Leaf = Test | SameItem
"""What a formula over parcels or over items takes as given."""


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves of a tree, in order; what a `SameItem` asks for stays closed.

    >>> heavy = Within("gross_weight_kg", 30.0, 70.0)
    >>> [leaf.source for leaf in leaves(Not(AllOf((heavy, Missing("derived.unit_value")))))]
    ['gross_weight_kg', 'derived.unit_value']
    """
    if isinstance(condition, Not):
        yield from leaves(condition.part)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition
