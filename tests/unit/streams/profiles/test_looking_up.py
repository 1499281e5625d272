"""A profile that is only looked at reads as a parcel would see it, and stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from redis.exceptions import ConnectionError as NoConnectionError

from scorers.profiles import ConfigurationMismatchError, ProfileConfiguration, StoreUnreachableError
from scorers.profiles.layout import EPOCH, RECORD, minutes, packed_places, put_times
from streams.profiles.looking_up import ProfileReader
from streams.profiles.showing import lines_of

CONFIGURATION = ProfileConfiguration(b"a secret for tests", shards=3)
NOW = datetime(2026, 11, 3, tzinfo=UTC)
KEY = 7  # of shard 1
KINDS = {"shipper": 2, "lane": 6}
NEWEST = int((NOW.timestamp() - EPOCH) // 60) // CONFIGURATION.period


class FakeRedis:
    """Hashes in memory."""

    def __init__(self, configuration: str = CONFIGURATION.text) -> None:
        meta = {"generation": str(NEWEST).encode(), "configuration": configuration.encode()}
        self.hashes = {f"{CONFIGURATION.shard_keys[1]}:meta": meta}

    def keep(self, kind: str, generation: int, value: bytes) -> None:
        """Keep a record of the entity."""
        name = f"{CONFIGURATION.shard_keys[1]}:p:{KINDS[kind]}:{generation}"
        self.hashes[name] = {KEY.to_bytes(8, "little"): value}  # type: ignore[dict-item]

    def hget(self, name: str, field: str) -> bytes | None:
        return self.hashes.get(name, {}).get(field)

    def hdel(self, name: str, field: str) -> int:
        return int(self.hashes.get(name, {}).pop(field, None) is not None)

    def hmget(self, name: str, fields: Sequence[str]) -> list[bytes | None]:
        return [self.hget(name, field) for field in fields]


class AwayRedis:
    """A server that does not answer."""

    def hmget(self, _name: str, _fields: Sequence[str]) -> list[bytes | None]:
        raise NoConnectionError("refused")


def record(generation: int, days: float, counts: tuple[int, int, int] | None = None) -> bytes:
    """Return the record of two parcels of 50 EUR, seen some days before `NOW`."""
    made = np.zeros(1, dtype=RECORD)
    at = minutes(np.array([int((NOW - timedelta(days=days)).timestamp())]))
    since = float(at[0]) - generation * CONFIGURATION.period
    weights = np.exp(since / np.array([1_440.0, 10_080.0, 43_200.0]))
    made["sums"][0, :9] = np.concatenate([2 * weights, 100 * weights, 4 * weights])
    made["total"], made["sketch"] = 2, 0b11
    put_times(made, at, at, packed_places(1, np.array([17])))
    tail = b"" if counts is None else np.array(counts, dtype="<u4").tobytes()
    return made.tobytes() + tail


def reader(client: object) -> ProfileReader:
    return ProfileReader(client, CONFIGURATION)  # type: ignore[arg-type]


def test_seen_known_entity_has_what_a_parcel_would_see_now() -> None:
    store = FakeRedis()
    store.keep("shipper", NEWEST, record(NEWEST, 1, (1, 2, 1)))
    seen = reader(store).seen("shipper", KEY, NOW)
    assert seen is not None
    shipper = 1
    assert seen.total[shipper, 0] == 2
    assert seen.counts[:, shipper, 0] == pytest.approx(2 * np.exp([-1, -1 / 7, -1 / 30]), rel=1e-5)
    assert seen.near_share[shipper, 0] == 0.5
    assert (seen.inspected[shipper, 0], seen.violations[shipper, 0]) == (2, 1)
    assert seen.age_hours[shipper, 0] == 24
    assert [column[shipper, 0] for column in seen.former] == [1, 17]


def test_seen_entity_of_the_period_before_is_as_if_it_had_moved_over() -> None:
    store = FakeRedis()
    store.keep("shipper", NEWEST - 1, record(NEWEST - 1, 7))
    seen = reader(store).seen("shipper", KEY, NOW)
    assert seen is not None
    assert seen.counts[:, 1, 0] == pytest.approx(2 * np.exp([-7, -1, -7 / 30]), rel=1e-5)
    assert seen.distinct[1, 0] == pytest.approx(1, abs=0.1)  # of two cells one has been cleared


def test_seen_unknown_entity_is_nothing() -> None:
    store = FakeRedis()
    store.keep("shipper", NEWEST, record(NEWEST, 1))
    assert reader(store).seen("lane", KEY, NOW) is None
    assert reader(store).seen("shipper", KEY + 3, NOW) is None
    assert reader(store).seen("shipper", KEY + 1, NOW) is None


@pytest.mark.parametrize("generation", [NEWEST, NEWEST - 1])
def test_forget_known_entity_drops_its_record_whatever_its_period(generation: int) -> None:
    store = FakeRedis()
    store.keep("shipper", generation, record(generation, 1))
    assert reader(store).forget("shipper", KEY)
    assert reader(store).seen("shipper", KEY, NOW) is None
    assert not reader(store).forget("shipper", KEY)


def test_seen_in_a_store_of_another_secret_is_refused() -> None:
    other = ProfileConfiguration(b"another secret", shards=3)
    with pytest.raises(ConfigurationMismatchError, match="expected a store of layout"):
        reader(FakeRedis(other.text)).seen("shipper", KEY, NOW)


def test_seen_without_store_says_so() -> None:
    with pytest.raises(StoreUnreachableError, match="no answer from the store"):
        reader(AwayRedis()).seen("shipper", KEY, NOW)


def test_lines_of_a_profile_are_readable() -> None:
    store = FakeRedis()
    store.keep("shipper", NEWEST, record(NEWEST, 1, (1, 2, 1)))
    seen = reader(store).seen("shipper", KEY, NOW)
    assert seen is not None
    lines = dict(
        line.split("  ", 1) for line in lines_of(seen, "shipper", "parcels.manifests", NOW)
    )
    told = {name: text.strip() for name, text in lines.items()}
    assert told == {
        "parcels": "2",
        "parcels in 24h, 7d, 30d": "0.74, 1.73, 1.93",
        "different consignees, about": "2",
        "EUR in 24h, 7d, 30d": "36.79, 86.69, 96.72",
        "kg in 24h, 7d, 30d": "1.47, 3.47, 3.87",
        "usual EUR a unit": "0.00",
        "usual EUR a kg": "0.00",
        "just below a threshold": "50.0%",
        "inspected": "2",
        "violations": "1",
        "first seen": "2026-11-02 00:00 UTC",
        "last seen": "2026-11-02 00:00 UTC",
        "last parcel": "parcels.manifests:1:17",
    }
