"""One hour's account: credit grows as it should, and no further."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.budgets.account import HourAccount, band
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.terms import Terms
from tests.factories import PROPERTY
from tests.unit.scorers.budgets.builders import HOUR, NOON

TERMS = Terms(BudgetPlan(default=Budget(per_hour=360.0)))


def column(value: float) -> np.ndarray:
    return np.array([value])


@PROPERTY
@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 900), st.booleans()), max_size=20))
def test_receive_whatever_comes_grows_and_never_saves_more_than_bands(
    batches: list[tuple[int, float, bool]],
) -> None:
    account, time = HourAccount(TERMS, HOUR), NOON
    for arrivals, span, at_once in batches:
        first, time = time, min(time + span, NOON + 3_599)
        before = account.credit.tokens
        # A batch has the credit of its own span, whatever was saved before it.
        grown = account.receive(column(arrivals), time if at_once else first, time, column(1.0))
        assert grown.entitled >= 0
        assert grown.arrivals == arrivals
        earned = 0.0 if at_once else (time - first) / 10
        room = 1.5 * band(account.entitled)
        assert account.credit.tokens <= np.maximum(before, room) + earned + 1e-6


def test_receive_during_a_time_without_holds_forfeits_its_credit() -> None:
    account = HourAccount(TERMS, HOUR)
    account.receive(column(1_000.0), NOON, NOON + 1, column(1.0))
    account.receive(column(1_000.0), NOON + 1_800, NOON + 1_800, column(1.0))
    assert account.credit.tokens[0] < 20
    assert account.forfeited[0] > 150


def test_receive_after_an_idle_time_grows_by_the_batchs_own_span() -> None:
    account = HourAccount(TERMS, HOUR)
    account.receive(column(1_000.0), NOON, NOON + 100, column(1.0))
    account.hold(column(10.0))
    grown = account.receive(column(500.0), NOON + 1_100, NOON + 1_150, column(1.0))
    # 360 an hour are 5 in 50 s; of what came before no more than a band is left.
    assert 5.0 <= grown.entitled[0] <= 5.0 + band(column(10.0))[0]
    assert grown.arrivals == 500.0


def test_trial_leaves_the_account_as_it_was() -> None:
    account = HourAccount(TERMS, HOUR)
    account.receive(column(10.0), NOON, NOON + 60, column(1.0))
    before = {name: np.array(value) for name, value in vars(account).items() if name != "_terms"}
    trial = account.trial()
    trial.receive(column(10.0), NOON + 60, NOON + 90, column(0.5))
    trial.hold(column(3.0))
    for name, value in before.items():
        assert np.array_equal(np.array(vars(account)[name]), value)


def test_band_in_a_flood_is_hardly_wider_than_in_the_hour_before() -> None:
    terms = Terms(BudgetPlan(default=Budget(share=0.1)))
    former = HourAccount(terms, HOUR - 1)
    former.receive(column(1_000.0), NOON - 3_600, NOON - 1, column(1.0))
    flooded, unknown = HourAccount(terms, HOUR, former=former), HourAccount(terms, HOUR)
    for account in (flooded, unknown):
        account.receive(column(20_000.0), NOON, NOON + 1_800, column(1.0))
    assert flooded.credit.band == band(column(200.0))
    assert unknown.credit.band == band(column(2_000.0))


def test_band_in_a_flood_after_an_hour_of_hardly_anything_is_the_least() -> None:
    terms = Terms(BudgetPlan(default=Budget(share=0.1)))
    former = HourAccount(terms, HOUR - 1)
    former.receive(column(5.0), NOON - 3_600, NOON - 1, column(1.0))
    account = HourAccount(terms, HOUR, former=former)
    account.receive(column(20_000.0), NOON, NOON + 1_800, column(1.0))
    assert account.credit.band == 1.0


def test_band_after_a_time_without_work_is_that_of_the_hour() -> None:
    account = HourAccount(TERMS, HOUR, former=HourAccount(TERMS, HOUR - 1))
    account.receive(column(1_000.0), NOON, NOON + 3_599, column(1.0))
    assert account.credit.band == band(account.entitled)


def test_under_other_terms_keeps_counts_by_pool_and_grants_nothing_anew() -> None:
    shares = {"A": Budget(share=0.2), "B": Budget(share=0.4)}
    before = Terms(BudgetPlan(default=Budget(share=0.1), offices=shares))
    account = HourAccount(before, HOUR, workers=3)
    account.receive(np.array([10.0, 20.0, 30.0]), NOON, NOON + 60, np.ones(3))
    account.hold(np.array([1.0, 2.0, 3.0]))
    other = dict.fromkeys(["B", "C"], Budget(share=0.5))
    after = Terms(BudgetPlan(default=Budget(share=0.3), offices=other))
    moved = account.under(after, HOUR, np.array([0, 2, -1]))
    assert moved.workers == 3
    assert moved.seen == NOON + 60
    assert moved.all_arrivals.tolist() == [10.0, 30.0, 0.0]
    assert moved.all_holds.tolist() == [1.0, 3.0, 0.0]
    assert moved.entitled.tolist() == [1.0, 12.0, 0.0]
    grown = moved.receive(np.array([10.0, 10.0, 10.0]), NOON + 60, NOON + 90, np.ones(3))
    assert grown.entitled == pytest.approx([3.0, 5.0, 5.0])
    assert grown.arrivals.tolist() == [10.0, 10.0, 10.0]


def test_hear_stands_until_the_next_batch_however_late_it_comes() -> None:
    heard, alone = (HourAccount(TERMS, HOUR, workers=2) for _ in range(2))
    for account in (heard, alone):
        account.receive(column(0.0), NOON, NOON + 100, column(1.0))
    heard.hear(column(50.0), column(4.0), NOON + 100, 2)
    assert heard.all_holds == 4.0
    heard.receive(column(1.0), NOON + 1_100, NOON + 1_100, column(1.0))
    # The others are taken to have held nothing in the time without parcels.
    assert heard.all_holds == 4.0
    heard.receive(column(1.0), NOON + 1_120, NOON + 1_120, column(1.0))
    assert heard.all_holds == 4.0 + 20 / 10 / 2


def test_tokens_are_what_is_allowed_less_what_is_held_and_half_a_band() -> None:
    account = HourAccount(Terms(BudgetPlan(default=Budget(share=0.1))), HOUR)
    account.receive(column(1_000.0), NOON, NOON, column(1.0))
    account.hold(column(70.0))
    account.hold(column(20.0))
    assert account.entitled == pytest.approx([100.0])
    assert account.credit.band == pytest.approx([8.0])
    assert account.credit.tokens == pytest.approx([100 - 90 + 4])
    assert account.forfeited == 0


@pytest.mark.parametrize(
    ("entitled", "room"), [(-5.0, 1.0), (0.0, 1.0), (1.0, 1.0), (25.0, 4.0), (400.0, 16.0)]
)
def test_band_is_a_share_of_many_holds_and_a_deviation_of_few(entitled: float, room: float) -> None:
    assert band(column(entitled)).tolist() == pytest.approx([room])


@pytest.mark.parametrize(("arrivals", "allowed"), [(50.0, 5.0), (90.0, 9.0), (1_000.0, 10.0)])
def test_receive_by_time_and_share_allows_the_lesser(arrivals: float, allowed: float) -> None:
    both = Terms(BudgetPlan(default=Budget(per_hour=360.0, share=0.1)))
    account = HourAccount(both, HOUR)
    grown = account.receive(column(arrivals), NOON, NOON + 100, column(1.0))
    assert grown.entitled == account.entitled == [allowed]


def test_receive_while_the_queue_is_deep_withholds_for_good() -> None:
    account = HourAccount(Terms(BudgetPlan(default=Budget(share=0.1))), HOUR)
    first = account.receive(column(100.0), NOON, NOON, column(0.25))
    assert (first.entitled, account.entitled) == ([2.5], [2.5])
    second = account.receive(column(100.0), NOON, NOON, column(1.0))
    assert (second.entitled, account.entitled) == ([10.0], [12.5])


def test_receive_forfeits_what_does_not_fit_into_a_band_of_what_was_withheld_and_held() -> None:
    account = HourAccount(TERMS, HOUR)
    account.receive(column(1_000.0), NOON, NOON + 250, column(0.8))
    account.hold(column(18.0))
    assert account.entitled == [20.0]
    room = band(column(20.0))[0]
    account.receive(column(1.0), NOON + 1_250, NOON + 1_250, column(1.0))
    # 125 by then: 18 held, 5 withheld, and a band.
    assert account.forfeited == pytest.approx([125 - 18 - 5 - room])
    before = account.forfeited
    account.receive(column(1.0), NOON + 1_250, NOON + 1_250, column(1.0))
    assert account.forfeited == before


def test_all_holds_of_several_workers_count_what_others_will_have_made_since() -> None:
    account = HourAccount(TERMS, HOUR, workers=4)
    account.receive(column(1_000.0), NOON + 5, NOON + 40, column(1.0))
    account.hold(column(1.0))
    assert account.all_holds == pytest.approx([1 + 4 * 3 / 4])
    account.hear(column(300.0), column(2.0), NOON + 50, 2)
    assert account.workers == 2
    assert account.seen == NOON + 50
    assert account.all_arrivals == [1_300.0]
    assert account.all_holds == pytest.approx([3.0])


def test_hear_of_an_earlier_time_leaves_the_newest_that_was_seen() -> None:
    account = HourAccount(TERMS, HOUR)
    account.receive(column(1.0), NOON, NOON + 40, column(1.0))
    account.hear(column(0.0), column(0.0), NOON + 30, 1)
    assert account.seen == NOON + 40


def test_receive_counts_arrivals_elsewhere_since_its_last_batch() -> None:
    account = HourAccount(Terms(BudgetPlan(default=Budget(share=0.1))), HOUR)
    account.receive(column(10.0), NOON, NOON, column(1.0))
    account.hear(column(90.0), column(0.0), NOON, 2)
    grown = account.receive(column(10.0), NOON, NOON, column(1.0))
    assert (grown.arrivals, grown.entitled) == ([100.0], pytest.approx([10.0]))
    assert account.receive(column(5.0), NOON, NOON, column(1.0)).arrivals == [5.0]
