"""Challengers from River, by import path."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.contest.river import RiverChallenger, inputs_of
from streams.setting_errors import SettingsError
from streams.setting_sections import ChallengerSettings
from tests.unit.streams.examples import closed, make_log

PATHS = [
    ("river.linear_model.LogisticRegression", {}, "one-hot"),
    ("river.naive_bayes.BernoulliNB", {}, "one-hot"),
    ("river.tree.HoeffdingTreeClassifier", {"grace_period": 20}, "numbers"),
    ("river.forest.ARFClassifier", {"n_models": 2, "seed": 1}, "numbers"),
    ("river.dummy.NoChangeClassifier", {}, "numbers"),
]


def settings(model: str, **changes: Any) -> ChallengerSettings:
    return ChallengerSettings(model=model, **changes)


@pytest.mark.parametrize(("path", "options", "inputs"), PATHS)
def test_learn_with_any_classifier_scores_each_label_before_it_is_learnt(
    path: str, options: dict[str, Any], inputs: Any
) -> None:
    log = make_log(96)
    challenger = RiverChallenger("c", settings(path, options=options, inputs=inputs))
    chances = challenger.learn(closed(log))["c"]
    assert not np.isnan(chances).any()
    assert chances.min() >= 0
    assert chances.max() <= 1
    again = RiverChallenger("c", settings(path, options=options, inputs=inputs))
    first, second = closed(log[:32]), closed(log[32:], start=48)
    parts = again.learn(first)["c"], again.learn(second)["c"]
    assert np.array_equal(np.concatenate(parts), chances)


def test_learn_what_it_has_learnt_already_changes_nothing() -> None:
    challenger = RiverChallenger("c", settings(PATHS[0][0]))
    log = closed(make_log(32))
    assert challenger.learn(log)
    assert challenger.learn(log) == {}


def test_learn_a_share_scores_that_share_and_learns_all() -> None:
    part = RiverChallenger("c", settings(PATHS[0][0], share=0.25))
    log = closed(make_log(200))
    some = part.learn(log)["c"]
    full = RiverChallenger("c", settings(PATHS[0][0])).learn(log)["c"]
    scored = ~np.isnan(some)
    assert 20 < scored.sum() < 80
    assert np.array_equal(some[scored], full[scored])


def test_learn_passes_over_what_is_in_quarantine() -> None:
    challenger = RiverChallenger("c", settings(PATHS[0][0]))
    chances = challenger.learn(closed(make_log(16, weight=0.0)))["c"]
    assert np.isnan(chances).all()


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        ("river.forest.Nothing", {}, "learner.challengers.c.model: expected the import path"),
        ("nothing.at.all", {}, "got 'nothing.at.all'"),
        ("nothing", {}, "got 'nothing'"),
        ("", {}, "got ''"),
        ("river.forest.ARFClassifier", {"trees": 3}, "does not take its options"),
        ("river.preprocessing.StandardScaler", {}, "expected a classifier, got StandardScaler"),
        ("river.linear_model.LinearRegression", {}, "expected a classifier"),
        ("os.getcwd", {}, "expected a classifier, got str"),
    ],
)
def test_make_what_is_no_classifier_is_refused_in_one_line(
    path: str, options: dict[str, Any], expected: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        RiverChallenger("c", settings(path, options=options))
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_inputs_leave_out_entities_and_are_numbers() -> None:
    features = {"entities": ["ff"], "value": 3, "seller": "s", "vague": True, "none": None}
    assert inputs_of(features, "one-hot") == {"value": 3.0, "seller=s": 1.0, "vague": 1.0}
    numbers = inputs_of(features, "numbers")
    assert numbers.keys() == {"value", "seller", "vague"}
    assert 0 <= numbers["seller"] < 1
