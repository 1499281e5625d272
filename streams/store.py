"""The connection to Redis or Valkey, and the names of our keys."""

from __future__ import annotations

from typing import Final

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError  # noqa: A004
from redis.retry import Retry

from streams.settings import StoreSettings

PREFIX: Final = "greenlane"
RETRIES: Final = 5


def connect(settings: StoreSettings, retries: int = RETRIES) -> Redis:
    """Return a client that retries over short failures, with back-off.

    Who can do without the store for a while, such as a worker with a model, asks for 0.
    """
    return Redis.from_url(
        settings.url.get_secret_value(),
        socket_timeout=settings.timeout_seconds,
        socket_connect_timeout=settings.timeout_seconds,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), retries),
        retry_on_error=[ConnectionError, TimeoutError, BusyLoadingError],
    )
