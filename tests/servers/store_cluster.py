"""A cluster of Redis or Valkey nodes on loopback."""

from __future__ import annotations

import os
import signal
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
    """Three primaries that share the slots evenly, and perhaps replicas of the first ones."""

    def __init__(self, node: Callable[[], StoreServer], replicas: int = 0) -> None:
        self._node = node
        self._size = NODES + replicas
        self._stack = ExitStack()
        self.nodes: list[StoreServer] = []

    @property
    def url(self) -> str:
        """The URL for a cluster's clients, with all nodes."""
        return f"redis+cluster://{','.join(node.address for node in self.nodes)}"

    def start(self) -> Self:
        """Start the nodes, join them, and return when all slots are served."""
        try:
            for _ in range(self._size):
                self.nodes.append(self._stack.enter_context(self._node()))
            self._join()
        except BaseException:
            self.stop()
            raise
        return self

    def replicate(self, number: int) -> None:
        """Wait until the replica of a node has all that was written there."""
        with Redis.from_url(self.nodes[number].url) as client:
            _until(lambda: _is_replicated(client), "replicated")

    def kill(self, number: int) -> None:
        """End a node by SIGKILL."""
        pid = self.nodes[number].pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop the nodes."""
        self._stack.close()
        self.nodes.clear()

    def _join(self) -> None:
        clients = [Redis.from_url(node.url, decode_responses=True) for node in self.nodes]
        for number, client in enumerate(clients[:NODES]):
            first, end = (_SLOTS * (number + more) // NODES for more in (0, 1))
            client.execute_command("CLUSTER ADDSLOTSRANGE", first, end - 1)
        for node in self.nodes[1:]:
            clients[0].execute_command("CLUSTER MEET", *node.address.split(":"), _bus(node))
        _until(lambda: all(_is_ready(client, self._size) for client in clients), "joined")
        for primary, replica in zip(clients, clients[NODES:], strict=False):
            replica.execute_command("CLUSTER REPLICATE", primary.execute_command("CLUSTER MYID"))
        _until(lambda: all(map(_follows, clients[NODES:])), "replicated")
        for client in clients:
            client.close()


def _bus(node: StoreServer) -> str:
    with Redis.from_url(node.url, decode_responses=True) as client:
        return str(client.config_get("cluster-port")["cluster-port"])


def _is_ready(client: Redis, size: int) -> bool:
    found = client.execute_command("CLUSTER INFO")
    wanted = {"cluster_state": "ok", "cluster_known_nodes": str(size)}
    return all(found.get(name) == value for name, value in wanted.items())


def _is_replicated(client: Redis) -> bool:
    state = client.info("replication")
    return bool(state["slave0"]["offset"] == state["master_repl_offset"])


def _follows(replica: Redis) -> bool:
    return replica.info("replication").get("master_link_status") == "up"


def _until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise ServerFailedError(f"cluster: not {what} after {_READY_SECONDS:g} s")
        time.sleep(_POLL_SECONDS)
