"""Challengers of the settings: what cannot be made is refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from streams.contest.opening import challengers, main_recipe
from streams.contest.river import RiverChallenger
from streams.setting_sections import ChallengerSettings
from streams.settings import LearnerSettings, Settings, SettingsError

FOREST = {"model": "river.forest.ARFClassifier", "options": {"n_models": 2}, "history": 100}


def settings(**named: dict[str, Any]) -> Settings:
    made = {name.replace("_", "-"): ChallengerSettings(**one) for name, one in named.items()}
    return Settings(learner=LearnerSettings(challengers=made))


def test_challenger_of_river_learns_the_end_of_the_log() -> None:
    (found,) = challengers(settings(a_forest=FOREST), log_end=1_000)
    assert isinstance(found, RiverChallenger)
    assert (found.name, found.next_offset) == ("a-forest", 900)
    (found,) = challengers(settings(a_forest=FOREST), log_end=50)
    assert found.next_offset == 0


def test_main_recipe_is_that_of_the_settings() -> None:
    recipe = main_recipe(Settings())
    assert (recipe.extractor.spec.name, recipe.extractor.bits) == ("parcels", 22)
    assert recipe.importance == 1.0


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"main": FOREST}, "learner.challengers.main: expected a name"),
        ({"rules": FOREST}, "learner.challengers.rules: expected a name"),
        ({"a b": FOREST}, "learner.challengers.a b: expected a name"),
        ({"x": {"model": "sklearn"}}, "learner.challengers.x.model: expected the import path"),
        ({"x": {"options": {"gamma": 1}}}, "expected some of alpha, beta, bits"),
        ({"x": {"options": {"spec": "none"}}}, "expected one of parcels, declarations"),
        ({"x": {"options": {"bits": "many"}}}, "learner.challengers.x.options: "),
        ({"x": {"options": {"bits": 40}}}, "expected 10 <= bits <= 28, got 40"),
    ],
)
def test_challenger_that_cannot_be_made_is_refused_in_one_line(
    named: dict[str, Any], expected: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        challengers(settings(**named), log_end=0)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
