"""What of a partition is behind us."""

from __future__ import annotations

import pytest

from scorers.profiles.units import Source
from streams.kafka.batch import Span
from streams.kafka.positions import Positions, committed_position
from tests.unit.streams.kafka.broker import TOPIC, Broker, Member

HOLD = Source("parcels:hold", 3)


def make(position: int) -> tuple[Positions, list[Source]]:
    asked: list[Source] = []

    def ask(source: Source) -> int:
        asked.append(source)
        return position

    return Positions(ask), asked


def test_is_committed_of_a_partition_not_read_asks_the_broker_once() -> None:
    positions, asked = make(7)
    found = [positions.is_committed(f"{HOLD}:{offset}") for offset in (6, 7, 8)]
    assert (found, asked) == ([True, False, False], [HOLD])


def test_is_committed_of_a_batch_that_is_begun_only_is_not() -> None:
    positions, asked = make(0)
    positions.begin({HOLD: Span(4, 9)})
    assert [positions.is_committed(f"{HOLD}:{offset}") for offset in (3, 4, 8)] == [
        True,
        False,
        False,
    ]
    positions.commit({HOLD: Span(4, 9)})
    assert [positions.is_committed(f"{HOLD}:{offset}") for offset in (8, 9)] == [True, False]
    assert asked == []


def test_is_committed_of_a_partition_that_is_not_in_the_newest_batch_is_still_known() -> None:
    positions, asked = make(0)
    other = Source("parcels:hold", 4)
    positions.begin({HOLD: Span(4, 9)})
    positions.begin({other: Span(0, 2)})
    positions.commit({other: Span(0, 2)})
    assert positions.is_committed(f"{HOLD}:3")
    assert asked == []


@pytest.mark.parametrize(("committed", "expected"), [({}, 0), ({0: 0}, 0), ({0: 5}, 5)])
def test_committed_position_is_the_groups_or_nought(
    committed: dict[int, int], expected: int
) -> None:
    broker = Broker(range(9))
    broker.committed = committed
    assert committed_position(Member(broker), Source(TOPIC, 0)) == expected  # type: ignore[arg-type]
