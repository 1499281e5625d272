"""The trainer on each store: contestants fold one log, however it is read and interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from confluent_kafka import Message, TopicPartition
from redis import Redis

from schemas.codec import encode
from scorers.features.extractor import Extractor
from scorers.model.ftrl import FTRLSettings
from streams.contest.lineage import Lineage, Recipe
from streams.contest.referee import Referee
from streams.contest.river import RiverChallenger
from streams.contest.scoreboard import Scoreboard
from streams.drift.watch import DriftAlarm, DriftWatch
from streams.embedded import StoreServer
from streams.folding import Fold
from streams.registry.choosing import ModelChooser
from streams.registry.registry import Registry
from streams.registry.signing import Signer
from streams.setting_sections import ChallengerSettings
from streams.settings import DriftSettings, PromotionSettings, StoreSettings
from streams.store import connect
from streams.training import Schedule, Trainer
from tests.unit.streams.examples import BITS, SPEC, make_log

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LOG = make_log(480)
RAW: Sequence[bytes | None] = [b"{", *map(encode, LOG)]
RECIPES = {
    "main": Recipe(Extractor(SPEC, BITS), FTRLSettings()),
    "bold": Recipe(Extractor(SPEC, BITS), FTRLSettings(alpha=0.6), importance=5.0),
}
FOREST = ChallengerSettings(model="river.tree.HoeffdingTreeClassifier", inputs="numbers")


class Reader:
    """A consumer of the training log up to `end`, some records at a time."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.position = 0

    def assign(self, partitions: list[TopicPartition]) -> None:
        self.position = max(0, partitions[0].offset)

    def consume(self, most: int, _wait: float) -> list[Message]:
        start = self.position
        self.position = min(self.end, start + min(most, 37))
        places = range(start, self.position)
        return [Message(topic="t", partition=0, offset=at, value=RAW[at]) for at in places]

    def close(self) -> None:
        pass


class Silent:
    def announce(self, *_: object) -> None:
        pass


class Class:
    """One run of the trainer on a store, up to a place in the log."""

    def __init__(self, client: Redis, end: int) -> None:
        registry = Registry(client, SPEC, Signer(b"the secret"))
        silent: Any = Silent()
        self.lineages = {n: Lineage(n, r, registry) for n, r in RECIPES.items()}
        self.referee = Referee(
            Scoreboard(0.1),
            DriftAlarm(DriftWatch(SPEC, DriftSettings()), silent, 0),
            ModelChooser(registry, silent, lambda: NOW),
            silent,
            ["main", "bold"],
            DriftSettings(tripwire="off"),
            PromotionSettings(),
        )
        reader: Any = Reader(end)
        main, bold = self.lineages.values()
        others = [bold, RiverChallenger("tree", FOREST)]
        schedule = Schedule(0.0, 1e9, lambda: 0.0)
        self.trainer = Trainer(
            reader, "t", main, others, self.referee, schedule, 3, lambda: NOW, memory=50
        )
        while self.trainer.step(0):
            pass

    def assert_folds(self) -> None:
        for name, recipe in RECIPES.items():
            fold = Fold(recipe.extractor, recipe.fresh(), recipe.importance)
            fold.add(LOG)
            found = self.lineages[name].model
            assert np.array_equal(found.ftrl.z, fold.model.ftrl.z)
            assert np.array_equal(found.ftrl.n, fold.model.ftrl.n)
            assert found.calibration == fold.model.calibration
            assert found.labels == len(LOG)


@pytest.fixture
def client(store: StoreServer) -> Redis:
    """An empty store."""
    found = connect(StoreSettings(url=store.url))
    found.flushdb()
    return found


def test_contestants_are_the_folds_of_the_log_and_are_scored(client: Redis) -> None:
    done = Class(client, len(RAW))
    done.assert_folds()
    done.trainer.close()
    assert Registry(client, SPEC, Signer(b"the secret")).scores().keys() >= {"tree", "rules"}
    names = {name for name in ("main", "bold", "tree", "rules") if done.referee.metrics_of(name)}
    assert names == {"main", "bold", "tree", "rules"}
    stored = Registry(client, SPEC, Signer(b"the secret")).lineages()
    assert {one.lineage: one.labels for one in stored} == {"bold": 480, "main": 480}
    assert all(one.metrics["labels"] == 480 for one in stored)


@pytest.mark.parametrize("stops", [[100], [16, 17, 18], [37, 300, 301, 480]])
def test_trainer_killed_anywhere_ends_with_the_same_models(client: Redis, stops: list[int]) -> None:
    for stop in stops:
        Class(client, stop)  # and is never closed
    Class(client, len(RAW)).assert_folds()
