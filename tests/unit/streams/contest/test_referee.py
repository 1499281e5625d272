"""Who decides after promotion by rule and after the tripwire; each change is announced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from scorers.features.batch import Floats
from streams.contest.lineage import LAST_VERSION
from streams.contest.referee import Referee
from streams.contest.scoreboard import Scoreboard
from streams.drift.watch import DriftAlarm, DriftWatch
from streams.registry.records import Choice
from streams.settings import DriftSettings, PromotionSettings
from tests.unit.streams.examples import SPEC, closed, make_log

COUNT = 1_200
LOG = closed(make_log(COUNT))
LABELS = np.array([float(one.label) for one in LOG.examples])
GOOD: Floats = np.where(LABELS > 0, 0.8, 0.1)
POOR: Floats = np.full(COUNT, 0.4)
WRONG: Floats = np.where(LABELS > 0, 0.05, 0.95)


class Chooser:
    """Choices in memory."""

    def __init__(self) -> None:
        self.made: list[Choice] = []

    def choice(self) -> Choice | None:
        return self.made[-1] if self.made else None

    def last_good(self, _lineage: str) -> str | None:
        return "main-64-aa"

    def choose(self, mode: Any, name: str, who: str, why: str, _place: str) -> None:
        now = datetime(2026, 11, 28, tzinfo=UTC)
        self.made.append(Choice(mode=mode, name=name, since=now, who=who, why=why))


class Announcements:
    def __init__(self) -> None:
        self.texts: list[str] = []

    def announce(self, _kind: str, _about: str, text: str, *_: object) -> None:
        self.texts.append(text)


class Game:
    """A referee over a log with given chances."""

    def __init__(self, **settings: Any) -> None:
        self.chooser: Any = Chooser()
        self.announced: Any = Announcements()
        drift = {"tripwire_labels": 600, "warm_up": 100_000, **settings.pop("drift", {})}
        promotion = {"least_labels": 1_000, "every_labels": 200, **settings.pop("promotion", {})}
        self.referee = Referee(
            Scoreboard(0.1),
            DriftAlarm(DriftWatch(SPEC, DriftSettings(**drift)), self.announced, 0),
            self.chooser,
            self.announced,
            ["main", "other"],
            DriftSettings(**drift),
            PromotionSettings(**promotion),
        )

    def play(self, **chances: Floats) -> list[tuple[str, str]]:
        """Return the modes and names chosen."""
        before = len(self.chooser.made)
        named = {name.replace("_", " "): one for name, one in chances.items()}
        for start in range(0, COUNT, 240):
            part = closed(LOG.examples[start : start + 240], start * 3 // 2)
            self.referee.observe(part, {n: one[start : start + 240] for n, one in named.items()})
        return [(one.mode, one.name) for one in self.chooser.made[before:]]


def test_model_that_does_worse_than_rules_is_taken_out_and_returns_when_it_is_better() -> None:
    game = Game()
    assert game.play(main=WRONG, rules=POOR) == [("rules", "rules")]
    assert game.referee.champion == "rules"
    assert game.play(main=WRONG, rules=POOR) == []
    assert game.play(main=GOOD, rules=POOR) == [("live", "main")]
    assert game.referee.champion == "main"


def test_model_that_does_worse_than_its_last_version_falls_back_to_that() -> None:
    game = Game()
    assert LAST_VERSION == "last version"
    assert game.play(main=WRONG, last_version=GOOD, rules=POOR) == [("pinned", "main-64-aa")]
    assert game.play(main=GOOD, last_version=POOR, rules=POOR) == [("live", "main")]


def test_model_that_does_better_stays() -> None:
    assert Game().play(main=GOOD, last_version=POOR, rules=POOR) == []


def test_tripwire_that_only_alerts_tells_once_and_one_that_is_off_does_nothing() -> None:
    game = Game(drift={"tripwire": "alert"})
    assert game.play(main=WRONG, rules=POOR) == []
    assert game.announced.texts == ["main does worse than rules"]
    game = Game(drift={"tripwire": "off"})
    assert game.play(main=WRONG, rules=POOR) == []
    assert game.announced.texts == []


def test_better_challenger_is_promoted_by_the_rule_once_it_is_sure() -> None:
    game = Game(promotion={"rule": "significance"})
    assert game.play(main=POOR, other=GOOD) == [("live", "other")]
    assert "precision higher by" in game.chooser.made[0].why
    assert game.play(main=POOR, other=GOOD) == []


def test_better_challenger_is_not_promoted_by_hand_or_if_workers_cannot_run_it() -> None:
    assert Game().play(main=POOR, other=GOOD) == []
    game = Game(promotion={"rule": "significance"})
    assert game.play(main=POOR, forest=GOOD) == []


def test_challenger_that_is_a_little_better_is_not_promoted() -> None:
    game = Game(promotion={"rule": "significance"})
    assert game.play(main=GOOD, other=np.clip(GOOD + 0.001, 0, 1)) == []


def test_challenger_with_too_few_labels_is_not_promoted() -> None:
    game = Game(promotion={"rule": "significance", "least_labels": 1_201})
    assert game.play(main=POOR, other=GOOD) == []


def test_metrics_are_of_labels_before_they_were_learnt() -> None:
    game = Game()
    game.play(main=GOOD)
    found = game.referee.metrics_of("main")
    assert found["precision"] == 1.0
    assert found["labels"] == COUNT
    assert found["log_loss_low"] < found["log_loss"] < found["log_loss_high"]
    assert game.referee.metrics_of("nobody") == {}
