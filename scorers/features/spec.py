"""The declaration of features: fields, words, signals and their crosses, in one typed object."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

import msgspec

_HASHING = "xxh3-splitmix-1"
"""Name of the hashing scheme: another one is another version of every spec."""


class SpecError(ValueError):
    """A feature spec that cannot be compiled. The text names the place."""


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
    """A quantity, cut at increasing `edges`. A missing value has a bin of its own."""

    name: str
    source: str
    label: str
    edges: tuple[float, ...]
    unit: str = ""


@dataclass(frozen=True)
class Words:
    """The distinct words of each item's text."""

    name: str
    source: str
    label: str


@dataclass(frozen=True)
class Signal:
    """A data-quality signal (`scorers.quality`), present or not."""

    name: str
    label: str

    @property
    def source(self) -> str:
        """Where the value comes from, as for the other fields."""
        return f"signals.{self.name}"


Field = Category | Number | Words | Signal


@dataclass(frozen=True)
class StarterRule:
    """A prior belief: `logit` is added to the score where `signal` is present.

    The model learns on top of it, so it fades as evidence comes and needs no switch.
    """

    code: str
    signal: str
    logit: float
    text: str


@dataclass(frozen=True)
class FeatureSpec:
    """Fields and crosses of one kind of record. Crosses name fields; a single name is the field.

    `base_rate` is the share of violations expected before the first label. `version` is a digest
    of all that changes a score.
    """

    name: str
    fields: tuple[Field, ...]
    crosses: tuple[tuple[str, ...], ...]
    rules: tuple[StarterRule, ...] = ()
    base_rate: float = 0.05
    version: str = field(init=False)
    rules_version: str = field(init=False)

    def __post_init__(self) -> None:
        self._check_fields()
        self._check_crosses()
        self._check_rules()
        if not 0 < self.base_rate < 1:
            raise SpecError(f"{self.name}.base_rate: expected 0 < rate < 1, got {self.base_rate}")
        object.__setattr__(self, "version", self._version())
        object.__setattr__(self, "rules_version", f"starter-{_digest(self.rules)}")

    def field_named(self, name: str) -> Field:
        """Return the field called `name`; raise `SpecError` if there is none."""
        for declared in self.fields:
            if declared.name == name:
                return declared
        known = ", ".join(declared.name for declared in self.fields)
        raise SpecError(f"{self.name}: expected a declared field ({known}), got {name!r}")

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the signals, in declared order."""
        return tuple(f.name for f in self.fields if isinstance(f, Signal))

    def _version(self) -> str:
        """Digest what changes a score; wording may change without making a new version."""
        fields = [[type(f).__name__, f.name, f.source, *_cut(f)] for f in self.fields]
        rules = [[rule.signal, rule.logit] for rule in self.rules]
        content = [_HASHING, fields, self.crosses, rules, self.base_rate]
        return f"{self.name}-{_digest(content)}"

    def _check_fields(self) -> None:
        seen: set[str] = set()
        for declared in self.fields:
            place = f"{self.name}.fields.{declared.name}"
            if declared.name in seen:
                raise SpecError(f"{place}: expected a name of its own, got it twice")
            seen.add(declared.name)
            if isinstance(declared, Number) and not _increasing(declared.edges):
                raise SpecError(f"{place}.edges: expected increasing numbers, got {declared.edges}")

        if sum(isinstance(declared, Words) for declared in self.fields) > 1:
            raise SpecError(f"{self.name}.fields: expected at most one field of words, got more")

    def _check_crosses(self) -> None:
        for position, cross in enumerate(self.crosses):
            place = f"{self.name}.crosses[{position}]"
            for name in cross:
                self.field_named(name)
            if not cross or len(set(cross)) != len(cross):
                raise SpecError(f"{place}: expected distinct fields, got {cross}")
        if len(set(self.crosses)) != len(self.crosses):
            raise SpecError(f"{self.name}.crosses: expected each cross once, got one twice")

    def _check_rules(self) -> None:
        for rule in self.rules:
            if rule.signal not in self.signals:
                raise SpecError(
                    f"{self.name}.rules.{rule.code}: expected a declared signal, "
                    f"got {rule.signal!r}"
                )


def _cut(declared: Field) -> list[object]:
    """Return how a field's values are cut into features."""
    if isinstance(declared, Category):
        return [declared.prefix]
    return [declared.edges] if isinstance(declared, Number) else []


def _digest(content: object) -> str:
    encoded = msgspec.json.encode(content, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()[:12]


def _increasing(edges: tuple[float, ...]) -> bool:
    return bool(edges) and all(low < high for low, high in pairwise(edges))


def log_edges(low: float, high: float, per_octave: int = 1) -> tuple[float, ...]:
    """Return edges from `low` to `high`, `per_octave` of them for each doubling.

    >>> log_edges(1, 8)
    (1.0, 2.0, 4.0, 8.0)
    """
    edges = []
    step = 0
    while (edge := low * 2.0 ** (step / per_octave)) <= high * 1.000001:
        edges.append(float(edge))
        step += 1
    return tuple(edges)
