"""Lineages on each store: resumed from what is intact, they are the undisturbed fold of the log."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from redis import Redis

from scorers.features.extractor import Extractor
from scorers.model.ftrl import FTRLSettings
from streams.contest.lineage import LAST_VERSION, Lineage, Recipe
from streams.embedded import StoreServer
from streams.folding import Fold
from streams.registry.registry import Registry
from streams.registry.signing import Signer
from streams.settings import StoreSettings
from streams.store import connect
from tests.unit.streams.examples import BITS, SPEC, closed, make_log

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LOG = make_log(320)
RECIPE = Recipe(Extractor(SPEC, BITS), FTRLSettings())


@pytest.fixture
def client(store: StoreServer) -> Redis:
    """An empty store."""
    found = connect(StoreSettings(url=store.url))
    found.flushdb()
    return found


def lineage(client: Redis, recipe: Recipe = RECIPE, name: str = "main") -> Lineage:
    return Lineage(name, recipe, Registry(client, SPEC, Signer(b"the secret")))


def undisturbed(recipe: Recipe = RECIPE) -> Fold:
    fold = Fold(recipe.extractor, recipe.fresh(), recipe.importance)
    fold.add(LOG)
    return fold


def assert_same(one: Lineage, fold: Fold) -> None:
    assert np.array_equal(one.model.ftrl.z, fold.model.ftrl.z)
    assert np.array_equal(one.model.ftrl.n, fold.model.ftrl.n)
    assert one.model.calibration == fold.model.calibration
    assert one.model.labels == fold.model.labels


def test_resume_from_a_snapshot_and_read_all_again_learns_the_rest_only(client: Redis) -> None:
    first = lineage(client)
    first.learn(closed(LOG[:160]))
    first.publish(NOW)
    second = lineage(client)
    chances = second.learn(closed(LOG))
    assert np.isnan(chances["main"][:160]).all()
    assert not np.isnan(chances["main"][160:]).any()
    assert_same(second, undisturbed())
    assert second.learn(closed(LOG)) == {}


def damage(client: Redis, key: str) -> None:
    data = bytearray(client.get(key))
    data[-3] ^= 4
    client.set(key, bytes(data))


def test_resume_from_a_damaged_snapshot_takes_the_version_before(client: Redis) -> None:
    first = lineage(client)
    first.learn(closed(LOG[:160]))
    first.keep(first.publish(NOW), 3)
    first.learn(closed(LOG[:240]))
    damage(client, first.publish(NOW).key)
    second = lineage(client)
    assert second.model.labels == 160
    second.learn(closed(LOG))
    assert_same(second, undisturbed())


def test_resume_with_nothing_intact_makes_the_model_anew(client: Redis) -> None:
    first = lineage(client)
    first.learn(closed(LOG[:160]))
    damage(client, first.publish(NOW).key)
    second = lineage(client)
    assert (second.model.labels, second.next_offset) == (0, 0)
    second.learn(closed(LOG))
    assert_same(second, undisturbed())


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(Extractor(SPEC, BITS), FTRLSettings(alpha=0.5)),
        Recipe(Extractor(SPEC, BITS + 1), FTRLSettings()),
        Recipe(Extractor(SPEC, BITS), FTRLSettings(), importance=5.0),
    ],
)
def test_resume_with_other_settings_makes_the_model_anew(client: Redis, recipe: Recipe) -> None:
    first = lineage(client)
    first.learn(closed(LOG))
    first.publish(NOW)
    second = lineage(client, recipe)
    second.learn(closed(LOG))
    assert_same(second, undisturbed(recipe))


def test_learn_gives_chances_of_rules_and_of_the_last_version_beside(client: Redis) -> None:
    main = lineage(client)
    first = main.learn(closed(LOG[:160]))
    assert first.keys() == {"main", "rules"}
    main.keep(main.publish(NOW), 3)
    second = main.learn(closed(LOG, 0))
    assert second.keys() == {"main", "rules", LAST_VERSION}
    model = RECIPE.fresh()
    fold = Fold(RECIPE.extractor, model)
    fold.add(LOG[:160])
    assert second[LAST_VERSION][160] == pytest.approx(second["main"][160])
    other = lineage(client, name="other")
    assert other.learn(closed(LOG)).keys() == {"other"}
