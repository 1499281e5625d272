"""Simulated counts and values of many lanes: by hour and weekday, overdispersed, with drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas.lanes import PER_NAT, LaneStats
from scorers.features.batch import Floats, Integers
from scorers.tower.slots import SLOT_SECONDS

DAY = 86_400
MONDAY = 1_793_577_600
"""A Monday's first second, in Unix seconds."""


@dataclass(frozen=True)
class World:
    """How lanes behave: parcels an hour, how strongly they vary, and what a kilogram is worth.

    `rates` are parcels a slot; `peaks` the hour of most traffic; `spread` the relative variance of
    a lane's rate from one quarter of an hour to the next.
    """

    rates: Floats
    peaks: Floats
    weekend: Floats
    worth: Floats
    spread: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the lanes."""
        return tuple(f"lane:{number:04}:CN:DE" for number in range(len(self.rates)))


def made_world(rng: np.random.Generator, lanes: int, total: float, spread: float) -> World:
    """Return lanes of very different sizes, with `total` parcels a second on average."""
    sizes = 1 / (np.arange(lanes) + 5.0) ** 0.9
    return World(
        rates=sizes / sizes.sum() * total * SLOT_SECONDS,
        peaks=rng.uniform(6, 18, lanes),
        weekend=rng.uniform(0.3, 1.0, lanes),
        worth=rng.uniform(2, 5, lanes),
        spread=spread,
    )


class Traffic:
    """Draws what each lane brings, slot by slot."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._rng = np.random.default_rng(seed)
        self._mood: Floats = np.ones(len(world.rates))
        self._level: Floats = np.zeros(len(world.rates))

    def slot(self, start: int, boost: tuple[int, float] | None = None) -> LaneStats:
        """Return the record of one slot; `boost` multiplies the rate of one lane."""
        world, rng = self._world, self._rng
        if start % 900 == 0:
            shape = 1 / world.spread
            self._mood = rng.gamma(shape, world.spread, len(world.rates))
        if start % DAY == 0:
            self._level += rng.normal(0, 0.05, len(world.rates))
        rates = world.rates * self._mood * np.exp(self._level) * self._season(start)
        if boost is not None:
            rates[boost[0]] *= boost[1]
        return self._record(start, rng.poisson(rates))

    def _season(self, start: int) -> Floats:
        hour = start % DAY / 3600
        day = np.exp(0.9 * np.cos((hour - self._world.peaks) / 12 * np.pi) - 0.2)
        weekend = (start // DAY + 3) % 7 >= 5
        return day * (self._world.weekend if weekend else 1.0)

    def _record(self, start: int, counts: Integers) -> LaneStats:
        some = np.flatnonzero(counts)
        n = counts[some]
        # Values per kg of a lane spread by a factor of e**0.8 or so.
        mean = self._world.worth[some] + self._rng.normal(0, 0.8, len(some)) / np.sqrt(n)
        logs = np.rint(mean * n * PER_NAT).astype(int)
        squares = np.rint((mean**2 + 0.64 * (n - 1) / n) * n * PER_NAT).astype(int)
        names = self._world.names
        columns = (n, n, n * 2000, n * 400, logs, squares)
        return LaneStats(
            1,
            tuple(names[place] for place in some.tolist()),
            start,
            (0,) * len(some),
            *(tuple(column.tolist()) for column in columns),
            len(some) + 1,
            ("shipper-1",),
        )
