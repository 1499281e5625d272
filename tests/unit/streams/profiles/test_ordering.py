"""Orders of a batch: answered by an alert if late, rejected if unreadable."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scorers.profiles import EarlyParcel
from streams import metrics
from streams.kafka.producing import Output
from streams.kafka.records import places_of
from streams.profiles.ordering import LateOrder, OrderIntake
from streams.settings import TopicSettings
from tests.unit.streams.profiles.fakes import make_message, make_order

TOPICS = TopicSettings()
EARLY = "RR473124829CN"


def take(values: Sequence[bytes], intake: OrderIntake | None = None) -> list[Output]:
    """Return what orders give rise to whose parcels have all come before them."""
    intake = intake or OrderIntake(TOPICS)
    messages = [make_message(value, at, topic=TOPICS.orders) for at, value in enumerate(values)]
    taken, rejects = intake.read(messages, places_of(messages))
    late = [LateOrder(row, EarlyParcel(row, EARLY)) for row in range(len(taken))]
    return [*rejects, *intake.alerts(taken, late)]


def test_take_order_after_its_manifest_raises_an_alert_that_a_replay_repeats() -> None:
    first, again = (take([make_order(order_id="o-1")]) for _ in range(2))
    assert first == again
    (output,) = first
    alert = msgspec.json.decode(output.value or b"")
    assert (output.topic, output.key) == (TOPICS.alerts, EARLY)
    assert alert["alert_id"] == f"{TOPICS.orders}:0:0"
    assert alert["raised_at"] == "2026-11-01T00:00:00Z"
    assert alert["about"] == EARLY
    assert alert["details"] == {"platform_id": "platform-a", "order_id": "o-1"}


def test_take_the_same_order_twice_raises_one_alert() -> None:
    orders = [make_order(order_id=name) for name in ("o-1", "o-1", "o-2")]
    assert len(take(orders)) == 2


def test_take_unreadable_order_rejects_it_and_keeps_the_others_apart() -> None:
    reject, alert = take([b"{", make_order(order_id="o-2")])
    assert (reject.topic, reject.value) == (TOPICS.rejected, b"{")
    assert msgspec.json.decode(alert.value or b"")["alert_id"] == f"{TOPICS.orders}:0:1"


def test_take_orders_whose_parcels_came_later_raises_no_alert() -> None:
    intake = OrderIntake(TOPICS)
    messages = [make_message(make_order(), 0, topic=TOPICS.orders)]
    taken, _ = intake.read(messages, places_of(messages))
    assert intake.alerts(taken, []) == []


def counted() -> tuple[float, float]:
    """Return how many orders, and how many late ones, the metrics say there were."""
    return metrics.ORDERS._value.get(), metrics.LATE_ORDERS._value.get()


def test_take_batch_again_with_more_orders_counts_only_the_new_ones_in_the_metrics() -> None:
    intake, before = OrderIntake(TOPICS), counted()
    values = [make_order(order_id=f"o-{number}") for number in range(3)]
    take(values[:2], intake)
    take(values, intake)
    assert counted() == (before[0] + 3, before[1] + 3)
