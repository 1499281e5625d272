"""Servers behind proxies: the network to them can be cut, stalled and slowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Self

from streams.processes import LOOPBACK
from tests.servers.kafka import ApacheKafka
from tests.servers.late import LateProxy
from tests.servers.proxy import Proxy
from tests.servers.redis_server import RedisServer

_PROTOCOLS: Final = {"CONTROLLER": "PLAINTEXT", "PLAINTEXT": "PLAINTEXT"}


class DurableRedis(RedisServer):
    """Redis that has its data again after `kill` and `start`."""

    def _command(self, directory: Path, /) -> list[str]:
        return [*super()._command(directory), "--appendonly", "yes", "--appendfsync", "always"]


class DistantRedis(DurableRedis):
    """Redis that its clients reach through a proxy."""

    def __init__(self) -> None:
        super().__init__()
        self.proxy = Proxy()

    @property
    def url(self) -> str:
        """The URL of the proxy, once there is something behind it."""
        return f"redis://{self.proxy.address}/0" if self.proxy.target else self.own_url

    @property
    def own_url(self) -> str:
        """The URL behind the proxy."""
        return super().url

    def start(self) -> Self:
        """Start the server; the proxy starts with it and stays until `stop`."""
        super().start()
        self.proxy.target = self.address
        self.proxy.start()
        return self

    def stop(self) -> None:
        """Stop both."""
        self.proxy.stop()
        self.proxy.target = ""
        super().stop()


class DistantKafka(ApacheKafka):
    """Apache Kafka with ways to it, each through a proxy; at its address it is near.

    A broker tells its clients where to connect next, so each way has a listener of its own.
    """

    ways: Final = 6

    def __init__(self) -> None:
        super().__init__()
        self.proxies: Sequence[LateProxy] = [LateProxy() for _ in range(self.ways)]

    def start(self) -> Self:
        """Start the broker; the proxies start with it and stay until `stop`."""
        super().start()
        for proxy in self.proxies:
            proxy.start()
        return self

    def stop(self) -> None:
        """Stop them all."""
        for proxy in self.proxies:
            proxy.stop()
        super().stop()

    def _properties(self, directory: Path) -> str:
        near = f"PLAINTEXT://{self.address}"
        names = [f"WAY{number}" for number in range(self.ways)]
        for proxy in self.proxies:
            proxy.target = f"{LOOPBACK}:{self._find_port()}"
        pairs = list(zip(names, self.proxies, strict=True))
        listeners = [near, self._controller, *(f"{name}://{one.target}" for name, one in pairs)]
        advertised = [near, *(f"{name}://{one.address}" for name, one in pairs)]
        protocols = {**_PROTOCOLS, **dict.fromkeys(names, "PLAINTEXT")}
        settings = {
            "listeners": ",".join(listeners),
            "advertised.listeners": ",".join(advertised),
            "listener.security.protocol.map": ",".join(map(":".join, protocols.items())),
        }
        lines = "".join(f"{key}={value}\n" for key, value in settings.items())
        # Of a line that is there twice the last counts.
        return super()._properties(directory) + lines


@contextmanager
def cut(proxies: Sequence[Proxy]) -> Iterator[None]:
    """End all connections, and take no others until the end of the block."""
    with ExitStack() as stack:
        for proxy in proxies:
            stack.callback(proxy.mend)
            proxy.cut()
        yield


@contextmanager
def stalled(proxies: Sequence[Proxy]) -> Iterator[None]:
    """Pass nothing on until the end of the block."""
    with ExitStack() as stack:
        for proxy in proxies:
            stack.callback(proxy.flow)
            proxy.stall()
        yield


@contextmanager
def slowed(proxies: Sequence[Proxy], seconds: float) -> Iterator[None]:
    """Delay what passes until the end of the block."""
    for proxy in proxies:
        proxy.delay_seconds = seconds
    try:
        yield
    finally:
        for proxy in proxies:
            proxy.delay_seconds = 0.0
