"""The client of a cluster connects when it is first used."""

from __future__ import annotations

import pytest
from redis import Redis
from redis.cluster import RedisCluster

from streams.processes import free_port
from streams.settings import SettingsError, StoreSettings
from streams.store import STORE_ERRORS, connect


def settings(url: str) -> StoreSettings:
    return StoreSettings(url=url, timeout_seconds=0.2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://127.0.0.1:1/0", Redis),
        ("redis+cluster://127.0.0.1:1,127.0.0.1:2", RedisCluster),
        ("rediss+cluster://user:word@127.0.0.1:1/0?health_check_interval=5", RedisCluster),
    ],
)
def test_connect_to_a_store_that_is_away_gives_a_client(url: str, kind: type[object]) -> None:
    client = connect(settings(url), retries=0)
    assert isinstance(client, kind)
    client.close()


def test_use_a_cluster_that_is_away_fails_as_a_store_does_each_time() -> None:
    client = connect(settings(f"redis+cluster://127.0.0.1:{free_port()}"), retries=0)
    for _ in range(2):
        with pytest.raises(STORE_ERRORS):
            client.get("key")
    client.close()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("redis://:pass/word@127.0.0.1:1/0", "got a URL that cannot be read"),
        ("redis://[::1", "got a URL that cannot be read"),
        ("redis://127.0.0.1:port/0", "got a URL that cannot be read"),
        ("redis://127.0.0.1:1/0?socket_timeout=word", "got a URL that cannot be read"),
        ("redis://127.0.0.1:1/0?nonsense=1", "unexpected keyword argument 'nonsense'"),
    ],
)
def test_connect_by_a_url_that_the_client_cannot_read_is_refused_without_showing_it(
    url: str, problem: str
) -> None:
    with pytest.raises(SettingsError, match=r"^store\.url: expected ") as raised:
        connect(settings(url))
    assert problem in str(raised.value)
    assert "word@" not in str(raised.value)
