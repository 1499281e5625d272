"""No source moves the model far alone: caps on its weight, and quarantine of its bursts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.guarding import GuardLimits, GuardState, LabelGuard, SourceRecord
from tests.factories import PROPERTY

HOUR = 3_600.0
DAY = 24 * HOUR
NOW = 1_793_491_200.0


def weighed(guard: LabelGuard, labels: list[tuple[str, float]]) -> list[float]:
    """Return the weights of labels, each committed."""
    weights = []
    for source, seconds in labels:
        guard.begin()
        weights.append(guard.weigh(source, seconds))
        guard.commit()
    return weights


def known(per_hour: float, days: float = 30) -> SourceRecord:
    """Return a source that reports so much, and has for so long."""
    return SourceRecord(NOW - days * DAY, NOW, hour=per_hour, week=per_hour * 24 * 7)


def test_weigh_the_only_source_counts_fully() -> None:
    guard = LabelGuard(GuardLimits(window=100))
    assert set(weighed(guard, [("a", NOW + n) for n in range(500)])) == {1.0}


def test_weigh_a_source_beyond_its_share_counts_less_and_others_fully() -> None:
    guard = LabelGuard(GuardLimits(share=0.25, window=400))
    labels = [("b" if n % 10 == 0 else "a", NOW + n) for n in range(8_000)]
    weights = weighed(guard, labels)
    recent = list(zip(labels, weights, strict=True))[-4_000:]
    assert {weight for (source, _), weight in recent if source == "b"} == {1.0}
    mine = [weight for (source, _), weight in recent if source == "a"]
    assert sum(mine) / len(recent) == pytest.approx(0.25, rel=0.02)


def test_weigh_a_source_that_floods_has_at_most_its_share_of_the_window() -> None:
    guard = LabelGuard(GuardLimits(share=0.1, window=1_000))
    weighed(guard, [(f"office-{n % 20}", NOW + n) for n in range(3_000)])
    flood = weighed(guard, [("flood", NOW + 3_000)] * 1_000)
    assert sum(flood) < 0.1 * 1_000 * 2
    assert min(flood) > 0


def test_weigh_a_burst_learns_what_an_hour_allows_and_the_rest_is_in_quarantine() -> None:
    guard = LabelGuard(GuardLimits(burst=50, factor=20), GuardState({"a": known(per_hour=10)}))
    weights = weighed(guard, [("a", NOW)] * 500)
    # 20 x 10 and what the burst itself makes usual, less those of this hour.
    assert 190 <= sum(weight > 0 for weight in weights) < 230
    assert weighed(guard, [("a", NOW + 5 * HOUR)]) == [1.0]


def test_weigh_a_new_source_is_measured_by_the_others() -> None:
    guard = LabelGuard(GuardLimits(burst=50, factor=20), GuardState({"a": known(per_hour=10)}))
    weights = weighed(guard, [("new", NOW)] * 500)
    assert 200 <= sum(weight > 0 for weight in weights) < 210


def test_weigh_where_nobody_has_a_past_there_is_no_quarantine() -> None:
    guard = LabelGuard(GuardLimits(burst=50))
    assert 0.0 not in weighed(guard, [(f"s-{n % 3}", NOW + n / 100) for n in range(5_000)])


def test_weigh_a_backlog_by_the_times_of_its_log_is_no_burst() -> None:
    guard = LabelGuard(GuardLimits(burst=50), GuardState({"a": known(per_hour=10)}))
    assert 0.0 not in weighed(guard, [("a", NOW + n * HOUR / 10) for n in range(5_000)])


def test_weigh_a_source_that_grows_becomes_usual() -> None:
    guard = LabelGuard(GuardLimits(burst=5, factor=3), GuardState({"a": known(per_hour=10)}))
    weights = weighed(guard, [("a", NOW + n * HOUR / 60) for n in range(60 * 24 * 10)])
    assert 0.0 in weights[: 60 * 24]
    assert 0.0 not in weights[-60 * 24 :]


labels = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1e6)), max_size=30)


@given(labels, st.integers(0, 30))
@PROPERTY
def test_weigh_a_batch_read_again_gives_the_same_weights(
    arrivals: list[tuple[str, float]], cut: int
) -> None:
    limits = GuardLimits(share=0.2, window=10, burst=3)
    state = {"a": known(per_hour=1), "b": known(per_hour=2, days=0.5)}
    once, twice = (LabelGuard(limits, GuardState(dict(state))) for _ in range(2))
    for part in (arrivals[:cut], arrivals[cut:]):
        expected = [once.weigh(*one) for one in part]
        once.commit()
        for one in part[: len(part) // 2]:
            twice.weigh(*one)
        twice.begin()
        assert [twice.weigh(*one) for one in part] == expected
        twice.commit()
    assert once.state == twice.state
    assert all(0 <= one.weight <= 0.2 * 10 for one in once.state.sources.values())
