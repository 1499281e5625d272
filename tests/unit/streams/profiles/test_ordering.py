"""Orders of a batch: stored, answered by an alert if late, rejected if unreadable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from scorers.profiles import EarlyParcel, Identities, OrderUnit, Resumed, Source
from streams import metrics
from streams.kafka.batch import Span
from streams.kafka.producing import Output
from streams.profiles.ordering import OrderIntake
from streams.settings import TopicSettings
from tests.unit.streams.profiles.fakes import make_message, make_order

TOPICS = TopicSettings()
ORDERS = Source(TOPICS.orders, 0)
EARLY = "RR473124829CN"


class StoreOfEarlyParcels:
    """A store in which a parcel has asked for every order."""

    def __init__(self) -> None:
        self.units: list[OrderUnit] = []

    def resume(self, _source: Source, position: int, **_: bool) -> Resumed:
        return Resumed(position)

    def put_orders(self, units: Sequence[OrderUnit]) -> list[list[EarlyParcel]]:
        self.units += units
        return [[EarlyParcel(row, EARLY) for row in range(len(unit.ids))] for unit in units]


def intake(store: StoreOfEarlyParcels | None = None) -> OrderIntake:
    return OrderIntake(
        store or StoreOfEarlyParcels(),  # type: ignore[arg-type]
        Identities(b"a secret for tests"),
        TOPICS,
        lambda _source, _cuts: None,
    )


def there(_what: str, function: Callable[[], list[Output]]) -> list[Output] | None:
    """Call a store that is there."""
    return function()


def away(_what: str, _function: Callable[[], list[Output]]) -> list[Output] | None:
    """Do without a store that is away."""
    return None


def take(
    values: Sequence[bytes],
    tolerate: Callable[[str, Callable[[], list[Output]]], list[Output] | None],
) -> list[Output]:
    messages = [make_message(value, at, topic=TOPICS.orders) for at, value in enumerate(values)]
    return intake().take(messages, {ORDERS: Span(0, len(values), True)}, tolerate)


def test_take_order_after_its_manifest_raises_an_alert_that_a_replay_repeats() -> None:
    first, again = (take([make_order(order_id="o-1")], there) for _ in range(2))
    assert first == again
    (output,) = first
    alert = msgspec.json.decode(output.value or b"")
    assert (output.topic, output.key) == (TOPICS.alerts, EARLY)
    assert alert["alert_id"] == f"{TOPICS.orders}:0:0"
    assert alert["raised_at"] == "2026-11-01T00:00:00Z"
    assert alert["about"] == EARLY
    assert alert["details"]["order_id"] == "o-1"


def test_take_the_same_order_twice_raises_one_alert() -> None:
    orders = [make_order(order_id=name) for name in ("o-1", "o-1", "o-2")]
    assert len(take(orders, there)) == 2


def test_take_unreadable_order_rejects_it_also_while_the_store_is_away() -> None:
    for tolerate in (there, away):
        rejects = [
            one for one in take([b"{", make_order()], tolerate) if one.topic == TOPICS.rejected
        ]
        assert [one.value for one in rejects] == [b"{"]


def test_take_orders_while_the_store_is_away_raises_no_alert() -> None:
    assert take([make_order()], away) == []


def counted() -> tuple[float, float]:
    """Return how many orders, and how many late ones, the metrics say there were."""
    return metrics.ORDERS._value.get(), metrics.LATE_ORDERS._value.get()


def test_take_batch_again_with_more_orders_counts_only_the_new_ones_in_the_metrics() -> None:
    taking, before = intake(), counted()
    values = [make_order(order_id=f"o-{number}") for number in range(3)]
    messages = [make_message(value, at, topic=TOPICS.orders) for at, value in enumerate(values)]
    taking.take(messages[:2], {ORDERS: Span(0, 2, True)}, there)
    taking.take(messages, {ORDERS: Span(0, 3, True)}, there)
    assert counted() == (before[0] + 3, before[1] + 3)


def test_take_orders_while_the_batch_before_is_not_committed_keeps_its_answer() -> None:
    store = StoreOfEarlyParcels()
    message = make_message(make_order(), 5, topic=TOPICS.orders)
    intake(store).take([message], {ORDERS: Span(5, 6, uncommitted=2)}, there)
    assert [(unit.start, unit.next, unit.committed) for unit in store.units] == [(5, 6, 2)]
