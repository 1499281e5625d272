"""The registry on each store: what is read is checked, what is chosen decides and is reversible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from redis import Redis

from schemas.alert import AlertKind
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.model import Model
from scorers.model.snapshot import SnapshotError
from streams import metrics
from streams.embedded import StoreServer
from streams.following import ModelFollower
from streams.registry.choosing import ModelChooser, RegistryError
from streams.registry.records import Choice, Snapshot
from streams.registry.registry import Registry
from streams.registry.signing import Signer
from streams.settings import StoreSettings
from streams.store import connect
from tests.factories import make_manifests, make_spec

SPEC = make_spec()
BITS = 10
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def taught(labels: int, bits: int = BITS) -> Model:
    """Return a model of so many labels."""
    model = Model(bits)
    batch = Extractor(SPEC, bits).extract(ManifestTable(make_manifests(labels, seed=labels)))
    model.learn(batch, (np.arange(labels) % 3 == 0).astype(np.float64), np.ones(labels))
    return model


class Announcements:
    """What was announced."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def announce(self, kind: AlertKind, _about: str, text: str, *_: object) -> None:
        self.texts.append(f"{kind}: {text}")


class Place:
    """A registry with a follower, and a clock that moves by hand."""

    def __init__(self, client: Redis) -> None:
        self.client = client
        self.registry = Registry(client, SPEC, Signer(b"the secret"))
        self.announced = Announcements()
        announcer: Any = self.announced
        self.chooser = ModelChooser(self.registry, announcer, self.later)
        self.seconds = 0.0
        self.follower = ModelFollower(self.registry, BITS, "w", 1.0, lambda: self.seconds)

    def later(self) -> datetime:
        self.seconds += 2
        return NOW + timedelta(seconds=self.seconds)

    def publish(self, labels: int, lineage: str = "main", keep: int = 0) -> Snapshot:
        snapshot = self.registry.publish(taught(labels), labels, self.later(), lineage)
        if keep:
            self.registry.keep(snapshot, keep)
        return snapshot

    def followed(self) -> int | None:
        """Return the labels of the model that the worker takes up; None if it keeps its own."""
        self.seconds += 2
        model = self.follower.newer()
        return None if model is None else model.labels


@pytest.fixture
def place(store: StoreServer) -> Iterator[Place]:
    """An empty registry."""
    with closing(connect(StoreSettings(url=store.url))) as client:
        client.flushdb()
        yield Place(client)


def test_follow_the_newest_of_main_until_something_is_chosen(place: Place) -> None:
    assert place.followed() == 0
    assert place.followed() is None
    place.publish(5)
    place.publish(7, "challenger")
    assert place.followed() == 5
    assert place.followed() is None
    place.publish(6)
    assert place.followed() == 6


def test_worker_without_a_model_says_so(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    assert place.followed() == 0
    assert caplog.messages == ["no model is in force: rules and novelty decide"]
    assert metrics.MODEL_IN_USE._value.get() == 0
    place.publish(5)
    place.followed()
    assert metrics.MODEL_IN_USE._value.get() == 1


def test_promote_a_lineage_a_version_and_rules_is_followed(place: Place) -> None:
    version = place.publish(5, keep=3).version
    place.publish(6)
    place.publish(8, "challenger")
    place.chooser.promote("challenger", "anna", "better")
    assert place.followed() == 8
    place.publish(9, "challenger")
    assert place.followed() == 9
    place.chooser.promote(version, "anna")
    assert place.followed() == 5
    place.publish(10)
    assert place.followed() is None
    place.chooser.promote("rules", "anna")
    assert place.followed() == 0
    assert len(place.announced.texts) == 3
    assert "challenger (live) decides instead of main" in place.announced.texts[0]


def test_rollback_returns_to_what_decided_before(place: Place) -> None:
    place.publish(5)
    place.publish(8, "challenger")
    place.chooser.promote("challenger", "anna")
    place.chooser.rollback("anna")
    assert place.followed() == 5
    place.chooser.rollback("anna")
    assert place.followed() == 8


def test_rollback_without_a_change_pins_the_last_version_kept(place: Place) -> None:
    place.publish(5, keep=3)
    place.publish(6)
    assert place.followed() == 6
    assert place.chooser.rollback("anna").mode == "pinned"
    assert place.followed() == 5


def test_rollback_with_nothing_to_go_back_to_is_refused(place: Place) -> None:
    place.publish(5)
    with pytest.raises(RegistryError, match="got none"):
        place.chooser.rollback("anna")


def test_promote_what_is_not_there_names_what_is(place: Place) -> None:
    place.publish(5)
    with pytest.raises(RegistryError, match="best: expected rules or one of main"):
        place.chooser.promote("best", "anna")


def changed_data(place: Place, snapshot: Snapshot) -> None:
    data = bytearray(place.client.get(snapshot.key))
    data[len(data) // 2] ^= 1
    place.client.set(snapshot.key, bytes(data))


def changed_record(place: Place, snapshot: Snapshot) -> None:
    key = f"greenlane:model:{SPEC.version}:latest"
    raw = place.client.hget(key, "main")
    place.client.hset(key, "main", raw.replace(b'"labels":6', b'"labels":9'))


def foreign_record(place: Place, snapshot: Snapshot) -> None:
    other = Registry(place.client, SPEC, Signer(b"another key"))
    other.publish(taught(9), 9, NOW)


def missing_data(place: Place, snapshot: Snapshot) -> None:
    place.client.delete(snapshot.key)


def damaged_record(place: Place, snapshot: Snapshot) -> None:
    place.client.hset(f"greenlane:model:{SPEC.version}:latest", "main", b"{")


def forged_choice(place: Place, snapshot: Snapshot) -> None:
    choice = Choice(mode="rules", name="rules", since=NOW, who="mallory")
    key = f"greenlane:model:{SPEC.version}:choices"
    place.client.rpush(key, Signer(b"guess").encoded(choice))


HARM = [
    changed_data,
    changed_record,
    foreign_record,
    missing_data,
    damaged_record,
    forged_choice,
]


@pytest.mark.parametrize("harm", HARM)
def test_worker_never_loads_what_was_tampered_with_and_takes_up_the_next(
    place: Place, harm: Callable[[Place, Snapshot], None]
) -> None:
    place.publish(5)
    assert place.followed() == 5
    harm(place, place.publish(6))
    assert place.followed() is None
    assert place.followed() is None
    if harm is forged_choice:
        place.client.rpop(f"greenlane:model:{SPEC.version}:choices")
    place.publish(7)
    assert place.followed() == 7


def test_scores_are_kept_to_be_shown(place: Place) -> None:
    assert place.registry.scores() == {}
    place.chooser.put_scores({"forest": {"precision": 0.25}})
    assert place.registry.scores() == {"forest": {"precision": 0.25}}


def test_forged_version_is_passed_over(place: Place) -> None:
    kept = place.publish(5, keep=3)
    forged = Signer(b"guess").encoded(kept)
    place.client.hset(f"greenlane:model:{SPEC.version}:versions", "forged", forged)
    place.publish(6, keep=3)
    assert [one.labels for one in place.registry.versions()] == [5, 6]
    with pytest.raises(SnapshotError, match="another signature"):
        place.chooser.promote("forged", "mallory")


@pytest.mark.parametrize("bit", [0, 1_000, -1])
def test_promote_a_damaged_version_is_refused(place: Place, bit: int) -> None:
    snapshot = place.publish(5, keep=2)
    data = bytearray(place.client.get(snapshot.key))
    data[bit] ^= 1
    place.client.set(snapshot.key, bytes(data))
    with pytest.raises(SnapshotError, match="published bytes"):
        place.chooser.promote(snapshot.version, "anna")
    assert place.registry.choice() is None


def test_model_of_other_bits_is_refused(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.registry.publish(taught(5, bits=12), 5, NOW)
    assert place.followed() is None
    assert "of 12 bits" in caplog.text
    assert "rules and novelty decide" in caplog.text


def test_keep_more_versions_than_wanted_drops_the_oldest_but_not_the_chosen(place: Place) -> None:
    first, second, *_ = [place.publish(5 + n, keep=9) for n in range(4)]
    place.chooser.promote(first.version, "anna")
    newest = place.publish(9, keep=2)
    kept = [one.version for one in place.registry.versions()]
    assert (len(kept), kept[0], kept[-1]) == (3, first.version, newest.version)
    assert 0 < place.client.ttl(second.key) <= 10  # a few of them, not a gigabyte
    assert place.client.ttl(first.key) == -1
    assert place.registry.load_for_scoring(first).labels == 5


def test_put_a_version_of_another_registry_keeps_it(place: Place) -> None:
    snapshot = place.publish(5)
    data = place.registry.data(snapshot)
    place.client.flushdb()
    place.registry.put(snapshot, data, most=2)
    place.chooser.promote(snapshot.version, "anna")
    assert place.followed() == 5
    with pytest.raises(SnapshotError, match="published bytes"):
        place.registry.put(snapshot, data[:-1], most=2)


def test_versions_of_a_clock_that_went_back_a_day_are_in_the_order_they_were_made(
    place: Place,
) -> None:
    place.seconds = 86_400.0
    ahead = [place.publish(labels, keep=3) for labels in (98, 99)]
    place.seconds = 0.0
    behind = [place.publish(labels, keep=3) for labels in (100, 101)]
    kept = [one.version for one in place.registry.versions()]
    assert kept == [one.version for one in (ahead + behind)[1:]]
    assert place.chooser.last_good("main") == behind[-1].version
