"""The lottery: uniform, independent, unpredictable without the key, the same in every replay."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.lottery import Coordinates, Lottery
from tests.factories import PROPERTY, make_coordinates

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


def defined(key: bytes, topic: str, partition: int, offset: int) -> float:
    """Return a record's number as it is defined, by itself."""
    digest = blake2b(
        f"{topic}:{partition}:{offset // 8}".encode(), key=key, digest_size=64
    ).digest()
    place = 8 * (offset % 8)
    return (int.from_bytes(digest[place : place + 8], "little") >> 11) / 2**53


@PROPERTY
@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 2), st.integers(0, 40)), min_size=1
    )
)
def test_draws_of_partitions_and_topics_in_any_order_are_as_defined(
    coordinates: Sequence[Coordinates],
) -> None:
    drawn = Lottery(b"key").draws(coordinates)
    assert drawn.tolist() == [defined(b"key", *one) for one in coordinates]


@pytest.mark.parametrize(
    "coordinates",
    [
        [("a", 0, 3), ("a", 1, 3)],
        [("a", 0, 3), ("b", 0, 4)],
        [("a", 0, 9), ("a", 0, 10), ("b", 0, 11), ("b", 1, 12), ("b", 2, 13)],
    ],
    ids=["partitions", "topics", "three_of_each"],
)
def test_draws_of_neighbours_at_the_same_offsets_elsewhere_are_their_own(
    coordinates: Sequence[Coordinates],
) -> None:
    drawn = Lottery(b"key").draws(coordinates)
    assert drawn.tolist() == [defined(b"key", *one) for one in coordinates]


@pytest.mark.parametrize("start", [0, 7, 8, 16, 2**40])
def test_draws_from_any_offset_on_are_as_defined(start: int) -> None:
    coordinates = [("a", 0, offset) for offset in range(start, start + 9)]
    assert Lottery(b"key").draws(coordinates).tolist() == [
        defined(b"key", *one) for one in coordinates
    ]


@pytest.mark.parametrize(
    ("key", "used"), [(b"k" * 64, b"k" * 64), (b"k" * 65, blake2b(b"k" * 65).digest())]
)
def test_draws_with_a_key_longer_than_the_hash_takes_use_its_hash(key: bytes, used: bytes) -> None:
    assert Lottery(key).draws([("a", 0, 5)])[0] == defined(used, "a", 0, 5)
