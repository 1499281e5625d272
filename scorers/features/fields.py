"""What features are made of: fields of a manifest, and their crosses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """What a field has one value for. A cross stands at the finest level of its parts."""

    PARCEL = 0
    ITEM = 1
    WORD = 2


@dataclass(frozen=True)
class Category:
    """A code or identifier. `prefix` > 0 keeps the first characters only (a heading of a code)."""

    name: str
    source: str
    label: str
    prefix: int = 0


@dataclass(frozen=True)
class Number:
    """A quantity, cut into bins: at increasing `edges`, or into `per_octave` bins a doubling.

    `per_octave` is a power of two: the bin is the float's exponent and the first bits of its
    fraction, the same on every machine. A missing value has a bin of its own. A ratio (`times`) is
    told as so many times above or below `unit`.
    """

    name: str
    source: str
    label: str
    edges: tuple[float, ...] = ()
    per_octave: int = 0
    unit: str = ""
    times: bool = False


@dataclass(frozen=True)
class Words:
    """The distinct words of each item's text."""

    name: str
    source: str
    label: str


@dataclass(frozen=True)
class Signal:
    """A sign (`scorers.quality`, `scorers.profiled`), present or not.

    `detail` is a format of values from `sources`, which an officer is told after the label.
    """

    name: str
    label: str
    detail: str = ""
    sources: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where the value comes from, as for the other fields."""
        return f"signals.{self.name}"


@dataclass(frozen=True)
class Note:
    """A text that held parcels carry and reasons may tell; no feature is made of it."""

    name: str
    source: str
    label: str


Field = Category | Number | Words | Signal | Note


@dataclass(frozen=True)
class Cross:
    """A feature made of one field or of several together.

    `group` is the reason that it belongs to: an officer is told what the features of a group add
    together. `scale` is the feature's input value: one of twice the scale learns about twice as
    fast from the same labels, so the specific ones can be made to overrule the general ones.
    """

    fields: tuple[str, ...]
    group: str = "OTHER"
    scale: float = 1.0

    @property
    def name(self) -> str:
        """The names of the fields, joined by a plus sign."""
        return "+".join(self.fields)


def crosses(group: str, *names: str, scale: float = 1.0) -> tuple[Cross, ...]:
    """Return crosses written as `field+field`, all of one group and scale.

    >>> crosses("GOODS", "hs6", "hs6+origin", scale=0.5)[1]
    Cross(fields=('hs6', 'origin'), group='GOODS', scale=0.5)
    """
    return tuple(Cross(tuple(name.split("+")), group, scale) for name in names)


def log_edges(low: float, high: float, per_octave: int = 1) -> tuple[float, ...]:
    """Return edges from `low` to `high`, `per_octave` of them for each doubling.

    Raises `ValueError` for bounds that no doubling leads from and to.

    >>> log_edges(1, 8)
    (1.0, 2.0, 4.0, 8.0)
    """
    if not 0 < low <= high < math.inf or per_octave < 1:
        got = f"{low}, {high} and {per_octave}"
        raise ValueError(f"log_edges: expected 0 < low <= high and per_octave >= 1, got {got}")
    edges = []
    step = 0
    while (edge := low * 2.0 ** (step / per_octave)) <= high * 1.000001:
        edges.append(float(edge))
        step += 1
    return tuple(edges)
