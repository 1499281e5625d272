"""What profiles must be, computed parcel by parcel in plain Python, decaying as time goes on."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

KINDS = ("consignee", "shipper", "seller", "address", "ioss", "lane")
COUNTERPARTIES = ("shipper", "consignee", "shipper", "name", "shipper", "shipper")
WINDOW_MINUTES = (1_440.0, 10_080.0, 43_200.0)
EPOCH_SECONDS = 1_420_070_400


@dataclass
class Event:
    """A parcel as the reference reads it; `minute` counts from 2015."""

    place: tuple[int, int]
    minute: int
    ids: tuple[int, ...]
    name: int
    value: float
    weight: float
    unit_value: float
    value_per_kg: float
    near: bool

    @functools.cached_property
    def contribution(self) -> list[float]:
        """What the parcel adds to the sums of each of its entities."""
        value, weight = min(self.value, 1e6), min(self.weight, 1e4)
        prices = (self.unit_value, self.value_per_kg)
        unit, per_kg = (math.log(1 + 100 * price) for price in prices)
        return [1.0] * 3 + [value] * 3 + [weight] * 3 + [unit, unit**2, per_kg, per_kg**2]


@dataclass
class Profile:
    """An entity's history. `sums` are as of `last`."""

    total: int = 0
    near: int = 0
    inspected: int = 0
    violations: int = 0
    first: int = 0
    last: int = 0
    sketch: int = 0
    place: tuple[int, int] = (-1, -1)
    generation: int = 0
    sums: list[float] = field(default_factory=lambda: [0.0] * 13)

    def add(self, event: Event, counterparty: int) -> None:
        """Count a parcel."""
        contribution = event.contribution
        if self.total == 0:
            self.first = self.last = event.minute
        if event.minute > self.last:
            self.sums = self.at(event.minute)
            self.last = event.minute
        if late := self.last - event.minute:
            weights = _weights(late)
            contribution = [one * weight for one, weight in zip(contribution, weights, strict=True)]
        self.sums = list(map(operator.add, self.sums, contribution))
        self.first = min(self.first, event.minute)
        self.total += 1
        self.near += event.near
        self.place = event.place
        if counterparty:
            self.sketch |= 1 << (counterparty >> 58)

    def at(self, minute: int) -> list[float]:
        """Return the sums decayed to a time, or as they are if that is before the last event."""
        weights = _weights(max(minute - self.last, 0))
        return [old * weight for old, weight in zip(self.sums, weights, strict=True)]


@functools.lru_cache(maxsize=10_000)
def _weights(minutes: int) -> list[float]:
    day, week, month = (math.exp(-minutes / window) for window in WINDOW_MINUTES)
    return [day, week, month] * 3 + [month] * 4


class Reference:
    """All profiles, by kind and id."""

    def __init__(self, period_minutes: int) -> None:
        self._period = period_minutes
        self.generation = -1
        self.profiles: dict[tuple[int, int], Profile] = {}

    def visit(self, events: list[Event]) -> list[list[Profile | None]]:
        """Count a unit; return what each parcel saw, by kind: None where it has no entity."""
        self._renew(events)
        return [self._visit(event) for event in events]

    def count(self, events: list[Event]) -> None:
        """Count a unit, where nobody asks what its parcels saw."""
        self._renew(events)
        for event in events:
            for profile, counterparty in self._touched(event):
                profile.add(event, counterparty)

    def inspect(self, ids: tuple[int, ...], violation: bool) -> None:
        """Count an outcome in the profiles that are known."""
        for key in enumerate(ids):
            profile = self.profiles.get(key)
            if profile is not None and profile.generation >= self.generation - 1:
                profile.inspected += 1
                profile.violations += violation

    def correct(self, ids: tuple[int, ...], violation: bool) -> None:
        """Count another result of an inspection in the profiles where that was counted."""
        for key in enumerate(ids):
            profile = self.profiles.get(key)
            if profile is not None and profile.generation >= self.generation - 1:
                profile.violations += 1 if violation else -1

    def living(self) -> Iterator[tuple[tuple[int, int], Profile]]:
        """Yield the profiles that have not been forgotten."""
        for key, profile in self.profiles.items():
            if profile.generation >= self.generation - 1:
                yield key, profile

    def _renew(self, events: list[Event]) -> None:
        newest = max((event.minute for event in events), default=0)
        self.generation = max(self.generation, newest // self._period)

    def _visit(self, event: Event) -> list[Profile | None]:
        seen: list[Profile | None] = [None] * len(KINDS)
        kinds = (kind for kind, entity in enumerate(event.ids) if entity)
        for kind, (profile, counterparty) in zip(kinds, self._touched(event), strict=True):
            seen[kind] = _as_of(profile, event.minute)
            profile.add(event, counterparty)
        return seen

    def _touched(self, event: Event) -> Iterator[tuple[Profile, int]]:
        """Yield the profiles of a parcel's entities, each with the other party that it met."""
        parties = dict(zip(KINDS, event.ids, strict=True)) | {"name": event.name}
        for kind, entity in enumerate(event.ids):
            if entity:
                yield self._current((kind, entity)), parties[COUNTERPARTIES[kind]]

    def _current(self, key: tuple[int, int]) -> Profile:
        profile = self.profiles.get(key)
        if profile is None or profile.generation < self.generation - 1:
            profile = self.profiles[key] = Profile()
        elif profile.generation < self.generation:
            # At the end of a period every other cell is cleared, the odd and the even in turn.
            mask = 0xAAAAAAAAAAAAAAAA if self.generation % 2 else 0x5555555555555555
            profile.sketch &= mask
        profile.generation = self.generation
        return profile


def _as_of(profile: Profile, minute: int) -> Profile:
    copied: dict[str, Any] = {**vars(profile), "sums": profile.at(minute)}
    return Profile(**copied)
