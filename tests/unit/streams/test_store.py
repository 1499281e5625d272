"""The client of a cluster connects when it is first used."""

from __future__ import annotations

import pytest
from redis import Redis
from redis.cluster import RedisCluster

from streams.processes import free_port
from streams.settings import StoreSettings
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
