"""Planted spikes among simulated lanes: how soon they are told, and what else is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from bench.tower.traffic import DAY, MONDAY, Traffic, made_world
from scorers.tower.lanebook import GRACE_SECONDS, LaneBook
from scorers.tower.slots import SLOT_SECONDS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""On which a run may begin."""

_MONTH_DAYS = 30.0
_SPIKE = 5.0
_SPIKE_SLOTS = 12
_APART_SLOTS = 240
"""After each spike the lanes have time to be quiet again."""


@dataclass(frozen=True)
class AlarmPlan:
    """Lanes, parcels a second in all of them, days before the spikes, and how many are planted."""

    lanes: int = 2_000
    rate: float = 4_000.0
    days: float = 1.0
    spread: float = 0.02
    planted: int = 12
    seed: int = 1
    begins: str = "monday"

    @property
    def start(self) -> int:
        """When it begins, in Unix seconds."""
        return MONDAY + WEEKDAYS.index(self.begins) * DAY


def alarms(plan: AlarmPlan) -> dict[str, Any]:
    """Return how many false alarms there were, and how long each planted spike took to be told."""
    rng = np.random.default_rng(plan.seed)
    world = made_world(rng, plan.lanes, plan.rate, plan.spread)
    run = _Run(plan.start, LaneBook(), Traffic(world, plan.seed + 1))
    phases = rng.uniform(0, 1, plan.planted).tolist()
    run.until(plan.start + int(plan.days * DAY))
    warm = _counted(run.told)
    # One lane of each size, from the busiest to the smallest.
    lanes = np.linspace(0, plan.lanes - 1, plan.planted).astype(int).tolist()
    spikes = [
        _planted(run, lane, world.names[lane], float(world.rates[lane]), phase)
        for lane, phase in zip(lanes, phases, strict=True)
    ]
    days = (run.now - plan.start) / DAY
    false = sum(warm.values()) + sum(spike["others"] for spike in spikes)
    found = [spike["seconds"] for spike in spikes if spike["seconds"] is not None]
    return {
        "begins": plan.begins,
        "lanes": plan.lanes,
        "days": round(days, 2),
        "false_alarms": false,
        "false_alarms_a_lane_month": false / (plan.lanes * days / _MONTH_DAYS),
        "told_within_60_s": sum(seconds <= 60 for seconds in found),
        "planted": len(spikes),
        "median_seconds": median(found) if found else None,
        "spikes": spikes,
    }


class _Run:
    def __init__(self, start: int, book: LaneBook, traffic: Traffic) -> None:
        self.book, self.traffic = book, traffic
        self.now, self.offset = start, 0
        self.told: list[tuple[int, str, str]] = []

    def slot(self, boost: tuple[int, float] | None = None) -> None:
        stats = self.traffic.slot(self.now, boost)
        self.now += SLOT_SECONDS
        for alert in self.book.add(self.offset, stats):
            told = int(alert.raised_at.timestamp()) + GRACE_SECONDS
            self.told.append((told, alert.kind, alert.about))
        self.offset += 1
        if self.offset % 360 == 0:
            self.book.changes()

    def until(self, end: int) -> None:
        while self.now < end:
            self.slot()


def _planted(run: _Run, lane: int, name: str, rate: float, phase: float) -> dict[str, Any]:
    """Plant a spike for two minutes, which begins within a slot, then let things calm down."""
    began, before = run.now + phase * SLOT_SECONDS, len(run.told)
    run.slot((lane, 1 + (_SPIKE - 1) * (1 - phase)))
    for _ in range(_SPIKE_SLOTS - 1):
        run.slot((lane, _SPIKE))
    for _ in range(_APART_SLOTS - _SPIKE_SLOTS):
        run.slot()
    told = run.told[before:]
    found = [round(at - began, 1) for at, kind, about in told if about == name and kind == "spike"]
    return {
        "lane": name,
        "parcels_a_minute": round(rate * 60 / SLOT_SECONDS, 2),
        "seconds": min(found, default=None),
        "others": len(told) - len(found),
    }


def _counted(told: list[tuple[int, str, str]]) -> Counter[str]:
    return Counter(kind for _, kind, _ in told)
