"""The connection to Redis or Valkey, and the names of our keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError  # noqa: A004
from redis.retry import Retry

from scorers.profiles.wire import CLIENT_ERRORS, Client
from streams.setting_errors import SettingsError
from streams.setting_sections import CLUSTER_SUFFIX, StoreSettings

__all__ = ["PREFIX", "STORE_ERRORS", "Client", "connect"]

PREFIX: Final = "greenlane"
RETRIES: Final = 5

STORE_ERRORS: Final = CLIENT_ERRORS
"""What a client raises when the store fails; some errors of clusters are no `RedisError`."""

_PORT: Final = 6379


def connect(settings: StoreSettings, retries: int = RETRIES) -> Client:
    """Return a client that retries over short failures, with back-off.

    Who can do without the store for a while, such as a worker with a model, asks for 0.
    """
    url = settings.url.get_secret_value()
    retry = Retry(ExponentialBackoff(cap=1.0, base=0.05), retries)
    timeouts = {
        "socket_timeout": settings.timeout_seconds,
        "socket_connect_timeout": settings.timeout_seconds,
    }
    scheme, _, rest = url.partition("://")
    if scheme.endswith(CLUSTER_SUFFIX):
        return _cluster(scheme.removesuffix(CLUSTER_SUFFIX), rest, retry, timeouts)
    again: list[type[Exception]] = [ConnectionError, TimeoutError, BusyLoadingError]
    with _explained():
        client = Redis.from_url(url, retry=retry, retry_on_error=again, **timeouts)
        _try_parameters(client)
    return client


@contextmanager
def _explained() -> Iterator[None]:
    """Refuse a URL that the client cannot read, without showing it: it may hold a password."""
    try:
        yield
    except ValueError:
        raise SettingsError(
            "store.url: expected redis://USER:PASSWORD@HOST:PORT/DATABASE, special characters of "
            "a password written as %XX; got a URL that cannot be read"
        ) from None
    except TypeError as error:
        raise SettingsError(f"store.url: expected parameters of the client, got {error}") from None


def _try_parameters(client: Redis) -> None:
    """Make a connection that is not opened: what follows `?` is looked at only then."""
    pool = client.connection_pool
    pool.connection_class(**pool.connection_kwargs)


def _cluster(scheme: str, rest: str, retry: Retry, timeouts: dict[str, float]) -> RedisCluster:
    parts = urlsplit(f"//{rest}")
    login, at, hosts = parts.netloc.rpartition("@")
    first, *others = hosts.split(",")
    query = f"?{parts.query}" if parts.query else ""
    return _LazyCluster(
        url=f"{scheme}://{login}{at}{first}/0{query}",
        startup_nodes=[_node(host) for host in others],
        retry=retry,
        **timeouts,
    )


def _node(host: str) -> ClusterNode:
    parts = urlsplit(f"//{host}")
    return ClusterNode(parts.hostname, parts.port or _PORT)  # type: ignore[no-untyped-call]


class _LazyCluster(RedisCluster):
    """A cluster's client that connects when it is first used, as that of a single server does."""

    def __init__(self, **options: Any) -> None:
        self._options = options

    def __getattr__(self, name: str) -> Any:
        # Nothing is there yet but the options: what is asked for comes with the connection.
        options = self.__dict__.pop("_options", None)
        if options is None:
            raise AttributeError(name)
        try:
            nodes = list(options["startup_nodes"])  # the client adds to them
            super().__init__(**{**options, "startup_nodes": nodes})
        except BaseException:
            self.__dict__.clear()
            self._options = options
            raise
        return getattr(self, name)

    def close(self) -> None:
        if "_options" in self.__dict__:
            return
        # The client itself leaves the connections of its nodes open.
        for node in self.get_nodes():  # type: ignore[no-untyped-call]
            if node.redis_connection is not None:
                node.redis_connection.connection_pool.disconnect()
        super().close()
