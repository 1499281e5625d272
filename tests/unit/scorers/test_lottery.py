"""The lottery: uniform, independent, unpredictable without the key, the same in every replay."""

from __future__ import annotations

import numpy as np
import pytest

from scorers.lottery import Coordinates, Lottery
from tests.factories import make_coordinates

DRAWS = 40_000
CORRELATION_LIMIT = 4 / np.sqrt(DRAWS)
"""Four standard deviations of the correlation of that many independent pairs."""


@pytest.fixture(scope="module")
def stream() -> np.ndarray:
    """Draws of one partition, in order."""
    return Lottery(b"key").draws(make_coordinates(DRAWS))


def correlation(left: np.ndarray, right: np.ndarray) -> float:
    return abs(float(np.corrcoef(left, right)[0, 1]))


def test_draws_are_uniform_by_chi_square(stream: np.ndarray) -> None:
    counts, _ = np.histogram(stream, bins=100, range=(0.0, 1.0))
    expected = DRAWS / 100
    statistic = float(np.sum((counts - expected) ** 2 / expected))
    # The 0.1 % and 99.9 % quantiles of chi-square with 99 degrees of freedom.
    assert 60.0 < statistic < 148.3


def test_draws_lie_in_the_half_open_unit_interval_and_repeat_nowhere(stream: np.ndarray) -> None:
    assert stream.min() >= 0
    assert stream.max() < 1
    assert len(np.unique(stream)) == DRAWS


@pytest.mark.parametrize("lag", [1, 2, 7, 8, 64])
def test_draws_of_neighbours_are_independent(stream: np.ndarray, lag: int) -> None:
    assert correlation(stream[:-lag], stream[lag:]) < CORRELATION_LIMIT


@pytest.mark.parametrize("position", range(8))
def test_draws_at_each_position_of_a_digest_are_uniform(stream: np.ndarray, position: int) -> None:
    counts, _ = np.histogram(stream[position::8], bins=10, range=(0.0, 1.0))
    expected = DRAWS / 80
    # The 99.9 % quantile of chi-square with 9 degrees of freedom.
    assert float(np.sum((counts - expected) ** 2 / expected)) < 27.9


def test_draws_with_another_key_are_independent(stream: np.ndarray) -> None:
    other = Lottery(b"kez").draws(make_coordinates(DRAWS))
    assert not np.isin(other, stream).any()
    assert correlation(stream, other) < CORRELATION_LIMIT


@pytest.mark.parametrize(
    "coordinates",
    [("parcels.manifests", 1, 0), ("parcels.manifest", 0, 0), ("parcels.manifests", 10, 0)],
    ids=["another_partition", "another_topic", "a_partition_with_the_same_start"],
)
def test_draws_of_another_partition_or_topic_are_independent(
    stream: np.ndarray, coordinates: Coordinates
) -> None:
    topic, partition, _ = coordinates
    other = Lottery(b"key").draws([(topic, partition, offset) for offset in range(DRAWS)])
    assert not np.isin(other, stream).any()
    assert correlation(stream, other) < CORRELATION_LIMIT


def test_draws_of_a_fresh_lottery_are_the_same(stream: np.ndarray) -> None:
    assert np.array_equal(Lottery(b"key").draws(make_coordinates(1_000)), stream[:1_000])


def test_draws_do_not_depend_on_order_or_company(stream: np.ndarray) -> None:
    lottery = Lottery(b"key")
    chosen = np.random.default_rng(1).permutation(DRAWS)[:200].tolist()
    drawn = lottery.draws([("parcels.manifests", 0, offset) for offset in chosen])
    assert np.array_equal(drawn, stream[chosen])


def test_draws_after_their_digest_left_the_cache_are_the_same() -> None:
    lottery = Lottery(b"key")
    first = lottery.draws(make_coordinates(16))
    lottery.draws(make_coordinates(DRAWS, partition=1))
    assert np.array_equal(lottery.draws(make_coordinates(16)), first)


def test_draws_of_no_records_are_none() -> None:
    assert Lottery(b"key").draws([]).shape == (0,)


def test_draws_with_a_long_key_are_possible() -> None:
    assert Lottery(b"k" * 65).draws(make_coordinates(1)).shape == (1,)
