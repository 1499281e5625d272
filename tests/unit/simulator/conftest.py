"""Parcels that several tests look at, made once."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest

from streams.simulator.platforms import PlatformSimulator
from streams.simulator.sealing import SimulatedParcel

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def parcels() -> list[SimulatedParcel]:
    """The first 10,000 parcels of seed 7, with the default mix."""
    return list(islice(PlatformSimulator(7, START), 10_000))
