"""A cluster of Redis or Valkey nodes on loopback, without replicas."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from redis import Redis

from streams.embedded import EmbeddedStore, StoreServer
from tests.servers.redis_server import RedisServer
from tests.servers.restarting import ServerFailedError

NODES: Final = 3
_SLOTS: Final = 16_384
_READY_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05


class _ClusterNode(StoreServer):
    """A server in cluster mode, which belongs to no cluster yet."""

    def _command(self, directory: Path, /) -> list[str]:
        # The default bus port, 10,000 above the port, may not exist.
        bus = ["--cluster-port", str(self._find_port())]
        mode = ["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"]
        return [*super()._command(directory), *mode, *bus, "--cluster-node-timeout", "2000"]


class RedisNode(_ClusterNode, RedisServer):
    """A Redis node."""

    name = "redis-server (cluster)"


class ValkeyNode(_ClusterNode, EmbeddedStore):
    """A Valkey node."""

    name = "embedded store (cluster)"


class StoreCluster:
    """Three primaries that share the slots evenly."""

    def __init__(self, node: Callable[[], StoreServer]) -> None:
        self._node = node
        self._stack = ExitStack()
        self.nodes: list[StoreServer] = []

    @property
    def url(self) -> str:
        """The URL for a cluster's clients, with all nodes."""
        return f"redis+cluster://{','.join(node.address for node in self.nodes)}"

    def start(self) -> Self:
        """Start the nodes, join them, and return when all slots are served."""
        try:
            for _ in range(NODES):
                self.nodes.append(self._stack.enter_context(self._node()))
            self._join()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the nodes."""
        self._stack.close()
        self.nodes.clear()

    def _join(self) -> None:
        clients = [Redis.from_url(node.url, decode_responses=True) for node in self.nodes]
        for number, client in enumerate(clients):
            first, end = (_SLOTS * (number + more) // NODES for more in (0, 1))
            client.execute_command("CLUSTER ADDSLOTSRANGE", first, end - 1)
        for node in self.nodes[1:]:
            clients[0].execute_command("CLUSTER MEET", *node.address.split(":"), _bus(node))
        deadline = time.monotonic() + _READY_SECONDS
        while not all(_is_ready(client) for client in clients):
            if time.monotonic() > deadline:
                raise ServerFailedError(f"cluster: not joined after {_READY_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)
        for client in clients:
            client.close()


def _bus(node: StoreServer) -> str:
    with Redis.from_url(node.url, decode_responses=True) as client:
        return str(client.config_get("cluster-port")["cluster-port"])


def _is_ready(client: Redis) -> bool:
    found = client.execute_command("CLUSTER INFO")
    wanted = {"cluster_state": "ok", "cluster_known_nodes": str(NODES)}
    return all(found.get(name) == value for name, value in wanted.items())
