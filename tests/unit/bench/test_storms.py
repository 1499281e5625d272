"""What several storms found adds up."""

from __future__ import annotations

from collections import Counter

from tests.chaos.checker import Answers
from tests.chaos.findings import Found


def found(lost: int, fault: str) -> Found:
    """Return what a storm found that lost some of 10 manifests."""
    answers = Answers(10, 9 - lost, 1, lost, duplicated=0, strange=0)
    return Found(answers, 3, 0, 20, 0, 1, 0, 5, 0, Counter([fault]), restarts=1)


def test_add_two_storms_counts_all_and_both_kinds_of_faults() -> None:
    total = found(0, "kill_worker") + found(0, "restart_broker")
    assert total.exact
    assert (total.answers.manifests, total.answers.rejects) == (20, 2)
    assert (total.models, total.profiles, total.restarts) == (2, 40, 2)
    assert total.faults == Counter(kill_worker=1, restart_broker=1)


def test_add_a_storm_that_lost_one_is_not_exact() -> None:
    assert not (found(0, "kill_worker") + found(1, "kill_worker")).exact
