"""Which records a batch has, from where to where, and what a consumer's errors mean."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError

from scorers.profiles.units import Source
from streams.kafka.batch import Batch, IncompleteBatchError, Span
from streams.kafka.collecting import Collector, ConsumeError, _stretches
from tests.unit.streams.kafka.broker import TOPIC, Broker, Member

FIRST, SECOND = Source(TOPIC, 0), Source(TOPIC, 1)


def make(broker: Broker) -> tuple[Member, Collector]:
    member = Member(broker)
    return member, Collector(member, [TOPIC])  # type: ignore[arg-type]


def collected(collector: Collector, size: int) -> Batch:
    batch = collector.collect(size, 0.0)
    assert batch is not None
    return batch


def test_collect_of_a_partition_never_committed_begins_at_its_first_record() -> None:
    _, collector = make(Broker(range(5, 9)))
    assert collected(collector, 2).spans == {FIRST: Span(5, 7, True, 5)}
    assert collected(collector, 9).spans == {FIRST: Span(7, 9, False, 5)}
    assert collector.collect(9, 0.0) is None


@pytest.mark.parametrize("committed", [0, 3])
def test_collect_of_a_committed_partition_goes_on_from_there(committed: int) -> None:
    broker = Broker(range(6))
    broker.committed[0] = committed
    _, collector = make(broker)
    assert collected(collector, 9).spans == {FIRST: Span(committed, 6, False, committed)}


def test_collect_of_a_partition_committed_at_its_beginning_does_not_begin_later() -> None:
    broker = Broker([4, 5])
    broker.committed[0] = 0
    _, collector = make(broker)
    assert collected(collector, 9).spans == {FIRST: Span(0, 6, False, 0)}


def test_collect_waits_for_the_first_record_only() -> None:
    member, collector = make(Broker(range(6)))
    assert collector.collect(4, 0.5) is not None
    assert member.waits == [0.5, 0]
    assert collector.collect(1, 0.25) is not None
    assert member.waits == [0.5, 0, 0.25]


def test_collect_after_markers_of_transactions_spans_them_too() -> None:
    broker = Broker([4, 5, 8])
    broker.committed[0] = 2
    _, collector = make(broker)
    assert collected(collector, 2).spans[FIRST][:2] == (2, 6)
    assert collected(collector, 2).spans[FIRST][:2] == (6, 9)


def test_collect_of_two_partitions_spans_each_of_them() -> None:
    broker = Broker(range(3), range(10, 12))
    _, collector = make(broker)
    batch = collected(collector, 9)
    assert batch.spans == {FIRST: Span(0, 3, True, 0), SECOND: Span(10, 12, True, 10)}
    assert batch.places == [(TOPIC, 0, at) for at in range(3)] + [(TOPIC, 1, 10), (TOPIC, 1, 11)]
    offsets = [(one.topic, one.partition, one.offset) for one in batch.positions()]
    assert offsets == [(TOPIC, 0, 3), (TOPIC, 1, 12)]


def test_stretches_of_topics_and_partitions_that_share_numbers_are_apart() -> None:
    places = [("a", 0, 0), ("a", 0, 1), ("b", 0, 2), ("b", 0, 1), ("b", 1, 5), ("a", 1, 6)]
    assert list(_stretches(places)) == [
        (("a", 0, 0), ("a", 0, 1)),
        (("b", 0, 2), ("b", 0, 1)),
        (("b", 1, 5), ("b", 1, 5)),
        (("a", 1, 6), ("a", 1, 6)),
    ]


def test_complete_keeps_the_batch_until_it_reaches_what_is_demanded() -> None:
    _, collector = make(Broker(range(9)))
    first = collected(collector, 2)
    collector.complete(first, IncompleteBatchError(FIRST, 5))
    assert collector.collect(2, 0.0) is None
    batch = collected(collector, 2)
    assert batch.spans == {FIRST: Span(0, 6, True, 0)}
    assert [place[2] for place in batch.places] == list(range(6))
    assert collected(collector, 1).spans[FIRST][:2] == (6, 7)


def test_complete_of_a_partition_begun_before_does_not_begin_it_again() -> None:
    _, collector = make(Broker(range(9)))
    collected(collector, 2)
    collector.complete(collected(collector, 2), IncompleteBatchError(FIRST, 5))
    assert collected(collector, 2).spans == {FIRST: Span(2, 6, False, 0)}


def test_require_of_a_partition_with_nothing_at_hand_keeps_the_others_until_it_has() -> None:
    _, collector = make(Broker(range(3), range(2)))
    collector.require(IncompleteBatchError(SECOND, 1))
    assert collector.collect(3, 0.0) is None
    assert collected(collector, 3).spans == {
        FIRST: Span(0, 3, True, 0),
        SECOND: Span(0, 2, True, 0),
    }


def test_rewind_goes_back_to_what_is_committed_or_to_the_beginning() -> None:
    broker = Broker(range(4), range(4))
    broker.committed[1] = 2
    _, collector = make(broker)
    collected(collector, 9)
    collector.rewind()
    again = collected(collector, 9)
    assert again.spans == {FIRST: Span(0, 4, True, 0), SECOND: Span(2, 4, False, 2)}


def test_move_of_partitions_forgets_what_was_demanded_of_them() -> None:
    member, collector = make(Broker(range(9)))
    collector.complete(collected(collector, 2), IncompleteBatchError(FIRST, 5))
    member.move()
    assert collector.collect(2, 0.0) is None
    assert collector.moves == 1
    assert collected(collector, 2).spans == {FIRST: Span(0, 2, True, 0)}


def test_moves_of_partitions_are_counted_also_when_they_are_lost() -> None:
    member, collector = make(Broker(range(9)))
    collected(collector, 2)
    member.move()
    assert collector.collect(2, 0.0) is None
    member.lose()
    assert collector.collect(2, 0.0) is None
    assert collector.moves == 2
    assert collected(collector, 2).spans == {FIRST: Span(0, 2, True, 0)}


def test_require_of_what_the_next_batch_reaches_exactly_keeps_it_no_longer() -> None:
    _, collector = make(Broker(range(9)))
    collector.require(IncompleteBatchError(FIRST, 3))
    assert collected(collector, 3).spans == {FIRST: Span(0, 3, True, 0)}


def test_lag_counts_what_is_not_committed() -> None:
    broker = Broker(range(4), range(10, 16))
    _, collector = make(broker)
    assert collector.lag() == 10
    batch = collected(collector, 7)
    assert collector.lag() == 10
    collector.committed(batch)
    assert collector.lag() == 3


@pytest.mark.parametrize(("heard", "lag"), [([False, False], 0), ([False, True], 16)])
def test_lag_of_what_the_client_has_not_heard_yet_is_not_negative_and_not_made_up(
    heard: list[bool], lag: int
) -> None:
    member, collector = make(Broker(range(10, 16)))
    member.heard = heard
    assert collector.lag() == lag


def test_joined_is_told_by_the_id_of_a_member() -> None:
    member, collector = make(Broker(range(1)))
    assert collector.joined is True
    member.member = ""
    assert collector.joined is False


@pytest.mark.parametrize(
    "code",
    [
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError._AUTHENTICATION,
    ],
)
def test_collect_where_nothing_may_be_read_ends_with_what_the_broker_says(code: int) -> None:
    member, collector = make(Broker(range(1)))
    member.errors = [KafkaError(code, "not for you")]
    with pytest.raises(ConsumeError, match=r"^Cannot consume: not for you$"):
        collector.collect(1, 0.0)


def test_collect_after_a_fatal_error_ends() -> None:
    member, collector = make(Broker(range(1)))
    member.errors = [KafkaError(KafkaError._FATAL, "over", fatal=True)]
    with pytest.raises(ConsumeError, match="over"):
        collector.collect(1, 0.0)


def test_collect_through_a_passing_error_goes_on() -> None:
    member, collector = make(Broker(range(3)))
    member.errors = [KafkaError(KafkaError._TRANSPORT, "away")]
    assert len(collected(collector, 5).messages) == 3


def test_of_topic_gives_the_records_of_one_topic_and_where_they_stand() -> None:
    orders, manifests = Broker(range(2)).log[0], Broker(range(3)).log[0]
    places = [("orders", 0, 0), *((TOPIC, 0, at) for at in range(3)), ("orders", 0, 1)]
    spans = {Source("orders", 0): Span(0, 2), FIRST: Span(0, 3)}
    batch = Batch([orders[0], *manifests, orders[1]], spans, places=places)
    assert batch.of_topic(TOPIC) == (manifests, places[1:4])
    assert batch.of_topic("orders") == (orders, [places[0], places[4]])
    assert batch.of_topic("others") == ([], [])


def test_of_topic_that_is_the_only_one_gives_the_batch_as_it_is() -> None:
    batch = Batch(Broker(range(2)).log[0], {FIRST: Span(0, 2)})
    assert batch.of_topic(TOPIC) == (batch.messages, batch.places)
    assert batch.places == [(TOPIC, 0, 0), (TOPIC, 0, 1)]


def test_incomplete_batch_says_how_far_it_must_reach() -> None:
    error = IncompleteBatchError(SECOND, 9)
    assert (error.source, error.until) == (SECOND, 9)
    assert str(error) == "parcels.manifests:1 must be handled up to 9 at once"
