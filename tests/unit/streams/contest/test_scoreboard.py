"""The score of contestants: on the same labels, before they were learnt."""

from __future__ import annotations

import numpy as np
import pytest

from streams.contest.scoreboard import LEAST, Scoreboard
from tests.unit.streams.examples import closed, make_log

COUNT = 600
LOG = make_log(COUNT)
LABELS = np.array([float(one.label) for one in LOG])
GOOD = np.where(LABELS > 0, 0.7, 0.2)
BAD = np.full(COUNT, 0.5)


def test_figures_of_a_better_one_are_better_and_the_difference_is_sure() -> None:
    board = Scoreboard(budget=0.1)
    assert board.add(closed(LOG), {"good": GOOD, "bad": BAD}) == COUNT
    good, bad = board.figures("good"), board.figures("bad")
    assert good is not None
    assert bad is not None
    assert good.precision.value == 1.0
    assert good.log_loss.high < bad.log_loss.low
    difference = board.difference("good", "bad")
    assert difference is not None
    assert difference.precision.low > 0
    assert difference.log_loss.high < 0
    assert board.names == ["bad", "good"]


def test_difference_is_of_labels_that_both_scored() -> None:
    board = Scoreboard(budget=0.1)
    half = GOOD.copy()
    half[::2] = np.nan
    board.add(closed(LOG), {"good": half, "bad": BAD})
    difference = board.difference("good", "bad")
    assert difference is not None
    assert difference.labels == COUNT // 2


def test_figures_of_few_labels_are_none() -> None:
    board = Scoreboard(budget=0.1)
    board.add(closed(LOG[: LEAST - 1]), {"good": GOOD})
    assert board.figures("good") is None
    assert board.figures("nobody") is None
    assert board.loss_gap("good", "good", newest=LEAST, most_weight=10) is None


@pytest.mark.parametrize(
    "changes",
    [{"arm": "release"}, {"corrects": True}, {"weight": 0.0}, {"propensity": 0.0}],
)
def test_add_what_the_policy_did_not_sample_counts_for_nothing(changes: dict[str, object]) -> None:
    board = Scoreboard(budget=0.1)
    assert board.add(closed(make_log(32, **changes)), {"good": GOOD}) == 0
    assert board.names == []


def test_window_forgets_the_oldest() -> None:
    board = Scoreboard(budget=0.1, window=300)
    board.add(closed(LOG), {"once good": np.r_[GOOD[:300], BAD[300:]], "bad": BAD})
    figures, bad = board.figures("once good"), board.figures("bad")
    assert figures is not None
    assert figures == bad


def test_loss_gap_tells_who_loses_more() -> None:
    board = Scoreboard(budget=0.1)
    board.add(closed(LOG), {"good": GOOD, "bad": BAD})
    gap = board.loss_gap("bad", "good", newest=500, most_weight=10)
    assert gap is not None
    assert gap.sigmas > 10
    assert gap.mean == pytest.approx(
        float(np.mean(np.log(2) + np.log(np.where(LABELS > 0, 0.7, 0.8))[-500:])), rel=1e-6
    )
