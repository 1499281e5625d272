"""Alerts travel with a batch: again with a batch that is read again, and never after a commit."""

from __future__ import annotations

from scorers.budgets.plan import Budget, BudgetPlan
from scorers.policybook import PolicyBook
from streams.kafka.batch import Batch
from streams.screening import ScreeningHandler
from streams.settings import TopicSettings
from tests.unit.scorers.assessment.builders import assessor
from tests.unit.scorers.policybooks import screener
from tests.unit.streams.test_policies import DAY, refusal

NOTHING = Batch((), {})


def make_handler() -> ScreeningHandler:
    book = PolicyBook(BudgetPlan(default=Budget(share=0.1)))
    return ScreeningHandler(screener(book), assessor(), TopicSettings())


def test_alert_goes_to_its_topic_with_the_next_batch() -> None:
    handler = make_handler()
    handler.raise_alerts([refusal("rules-refused", DAY)])
    (output,) = handler(NOTHING)
    assert (output.topic, output.key) == (TopicSettings().alerts, "rules-refused")


def test_alert_of_an_aborted_batch_goes_with_it_again_and_not_after_its_commit() -> None:
    handler = make_handler()
    handler.raise_alerts([refusal("rules-refused", DAY)])
    first = handler(NOTHING)
    assert handler(NOTHING) == first
    handler.committed()
    assert handler(NOTHING) == []


def test_alerts_raised_before_a_commit_go_once_each() -> None:
    handler = make_handler()
    handler.raise_alerts([refusal("rules-refused", DAY)])
    handler(NOTHING)  # aborted
    handler.raise_alerts([refusal("lists-refused", DAY)])
    assert [output.key for output in handler(NOTHING)] == ["rules-refused", "lists-refused"]
    handler.committed()
    assert handler(NOTHING) == []


def test_alerts_sent_without_a_batch_go_with_none_later() -> None:
    handler = make_handler()
    handler.raise_alerts([refusal("rules-refused", DAY)])
    alerts = handler.alerts
    handler.raise_alerts([refusal("lists-refused", DAY)])
    handler.sent(alerts)
    assert [output.key for output in handler.alerts] == ["lists-refused"]
