"""The declaration of features in one typed object, refused with the place named if it is wrong."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import msgspec

from schemas.errors import UserError
from scorers.features.fields import Category, Cross, Field, Note, Number, Signal, Words

_HASHING = "words-splitmix-1"
"""Name of the hashing scheme: another one is another version of every spec."""

RESERVED = "bias"
"""Name of the feature that every parcel has."""

_LEAST_PARTS = 2

_POWERS = frozenset(2**power for power in range(21))


class SpecError(UserError, ValueError):
    """A feature spec that cannot be compiled. The text names the place."""


@dataclass(frozen=True)
class StarterRule:
    """A prior belief: `logit` is added to the score where `signal` is present.

    The model learns on top of it, so it fades as evidence comes and needs no switch.
    """

    code: str
    signal: str
    logit: float
    text: str


class Sources(NamedTuple):
    """What fields read, each once: of parcels numbers, signals and texts, of items all, and all but
    signals in declared order."""

    numbers: tuple[str, ...]
    signals: tuple[str, ...]
    texts: tuple[str, ...]
    items: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class FeatureSpec:
    """Fields of one kind of record, and the features made of them.

    `base_rate` is the share of violations expected before the first label; `novelty` names the
    combinations of parcel fields whose surprise orders parcels until then. `version` is a digest
    of all that changes what is learnt.
    """

    name: str
    fields: tuple[Field, ...]
    features: tuple[Cross, ...]
    rules: tuple[StarterRule, ...] = ()
    base_rate: float = 0.05
    novelty: tuple[tuple[str, ...], ...] = ()
    version: str = field(init=False)
    rules_version: str = field(init=False)

    def __post_init__(self) -> None:
        self._check_fields()
        self._check_features()
        self._check_rules()
        self._check_novelty()
        if not 0 < self.base_rate < 1:
            raise SpecError(f"{self.name}.base_rate: expected 0 < rate < 1, got {self.base_rate}")
        object.__setattr__(self, "version", self._version())
        object.__setattr__(self, "rules_version", f"starter-{_digest(self.rules)}")

    def field_named(self, name: str, place: str = "") -> Field:
        """Return the field called `name`; raise `SpecError` with the place if there is none."""
        for declared in self.fields:
            if declared.name == name:
                return declared
        known = ", ".join(declared.name for declared in self.fields)
        where = place or self.name
        raise SpecError(f"{where}: expected a declared field ({known}), got {name!r}")

    @cached_property
    def signals(self) -> tuple[str, ...]:
        """Names of the signals, in declared order."""
        return tuple(f.name for f in self.fields if isinstance(f, Signal))

    @cached_property
    def sources(self) -> Sources:
        """What the fields read."""
        told = [f for f in self.fields if not isinstance(f, Signal)]
        single = [f for f in told if not _several(f)]
        numbers = dict.fromkeys(f.source for f in single if isinstance(f, Number))
        texts = dict.fromkeys(f.source for f in single if f.source not in numbers)
        return Sources(
            tuple(numbers),
            tuple(f.source for f in self.fields if isinstance(f, Signal)),
            tuple(texts),
            tuple(dict.fromkeys(f.source for f in told if _several(f))),
            tuple(dict.fromkeys(f.source for f in told)),
        )

    def _version(self) -> str:
        """Digest what changes a score; wording may change without making a new version."""
        fields = [[type(f).__name__, f.name, f.source, *_cut(f)] for f in self.fields]
        rules = [[rule.signal, rule.logit] for rule in self.rules]
        features = [[cross.fields, cross.scale] for cross in self.features]
        content = [_HASHING, fields, features, rules, self.base_rate]
        return f"{self.name}-{_digest(content)}"

    def _check_fields(self) -> None:
        seen: set[str] = set()
        for declared in self.fields:
            place = f"{self.name}.fields.{declared.name}"
            if not declared.name.isidentifier() or declared.name == RESERVED:
                raise SpecError(f"{place}: expected a name like `hs6`, got {declared.name!r}")
            if declared.name in seen:
                raise SpecError(f"{place}: expected a name of its own, got it twice")
            seen.add(declared.name)
            if isinstance(declared, Category) and declared.prefix < 0:
                raise SpecError(f"{place}.prefix: expected a number >= 0, got {declared.prefix}")
            if isinstance(declared, Number):
                _check_bins(declared, place)
            if isinstance(declared, Signal):
                self._check_detail(declared, place)
        if sum(isinstance(declared, Words) for declared in self.fields) > 1:
            raise SpecError(f"{self.name}.fields: expected at most one field of words, got more")

    def _check_detail(self, signal: Signal, place: str) -> None:
        samples = {one.source: 1.0 if isinstance(one, Number) else "" for one in self.fields}
        unknown = sorted(set(signal.sources) - set(samples))
        if unknown:
            raise SpecError(f"{place}.sources: expected sources of fields, got {unknown[0]!r}")
        try:
            signal.detail.format(*(samples[source] for source in signal.sources))
        except (IndexError, KeyError, ValueError) as error:
            expected = f"a format of {len(signal.sources)} values, each of its source's type"
            got = f"{signal.detail!r} ({error})"
            raise SpecError(f"{place}.detail: expected {expected}, got {got}") from error

    def _check_features(self) -> None:
        for position, cross in enumerate(self.features):
            place = f"{self.name}.features[{position}]"
            for name in cross.fields:
                if isinstance(self.field_named(name, place), Note):
                    raise SpecError(f"{place}: expected fields with features, got note {name!r}")
            if not cross.fields or len(set(cross.fields)) != len(cross.fields):
                raise SpecError(f"{place}: expected distinct fields, got {cross.fields}")
            if not 0 < cross.scale < math.inf:
                raise SpecError(f"{place}.scale: expected a finite number > 0, got {cross.scale}")
        names = [cross.name for cross in self.features]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise SpecError(f"{self.name}.features: expected each once, got {twice[0]!r} twice")

    def _check_novelty(self) -> None:
        for position, parts in enumerate(self.novelty):
            place = f"{self.name}.novelty[{position}]"
            fields = [self.field_named(name, place) for name in parts]
            if len(parts) < _LEAST_PARTS or any(_several(field) for field in fields):
                raise SpecError(f"{place}: expected two or more fields of a parcel, got {parts}")

    def _check_rules(self) -> None:
        for rule in self.rules:
            if rule.signal not in self.signals:
                raise SpecError(
                    f"{self.name}.rules.{rule.code}: expected a declared signal, "
                    f"got {rule.signal!r}"
                )
            if not math.isfinite(rule.logit):
                place = f"{self.name}.rules.{rule.code}.logit"
                raise SpecError(f"{place}: expected a finite number, got {rule.logit}")


def _several(declared: Field) -> bool:
    """Tell whether a parcel has several values of this field."""
    return isinstance(declared, Words) or declared.source.startswith("items.")


def _check_bins(number: Number, place: str) -> None:
    if bool(number.edges) == bool(number.per_octave):
        raise SpecError(f"{place}: expected either edges or per_octave, got both or neither")
    if number.per_octave and number.per_octave not in _POWERS:
        raise SpecError(f"{place}.per_octave: expected a power of two, got {number.per_octave}")
    finite = all(math.isfinite(edge) for edge in number.edges)
    if not finite or any(low >= high for low, high in pairwise(number.edges)):
        raise SpecError(f"{place}.edges: expected increasing numbers, got {number.edges}")


def _cut(declared: Field) -> list[object]:
    """Return how a field's values are cut into features."""
    if isinstance(declared, Category):
        return [declared.prefix]
    return [declared.edges, declared.per_octave] if isinstance(declared, Number) else []


def _digest(content: object) -> str:
    encoded = msgspec.json.encode(content, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()[:12]
