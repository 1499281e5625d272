"""One round trip to all shards: commands are sent to every node before any answer is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from redis import Redis
from redis.cluster import RedisCluster
from redis.connection import Connection, ConnectionPool
from redis.exceptions import (
    AskError,
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as NoConnectionError
from redis.exceptions import TimeoutError as NoAnswerError

from scorers.profiles.errors import (
    ProfileError,
    StoreBrokenError,
    StoreFullError,
    StoreLostError,
    StoreReadOnlyError,
    StoreRefusedError,
    StoreUnreachableError,
)

Client = Redis | RedisCluster
CLIENT_ERRORS: Final = (RedisError, RedisClusterException)
"""What a client raises; the second is no subclass of the first."""

Command = list[str | bytes | memoryview | int]
Answer = bytes | list[bytes] | ResponseError

_MOVED: Final = (AskError, TryAgainError)  # MovedError is an AskError
_REFUSED: Final = (AuthenticationError, AuthorizationError, NoPermissionError)
_AWAY: Final = (
    NoConnectionError,
    NoAnswerError,
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    RedisClusterException,
)
_REFUSAL_CODES: Final = ("NOAUTH", "WRONGPASS", "NOPERM")
_AWAY_CODES: Final = ("LOADING", "MASTERDOWN", "CLUSTERDOWN", "BUSY", "TRYAGAIN")


@contextmanager
def explained() -> Iterator[None]:
    """Turn the client's errors into ours."""
    try:
        yield
    except CLIENT_ERRORS as error:
        raise explanation(error) from error


def explanation(error: RedisError | RedisClusterException) -> ProfileError:
    """Return our error for one of the client's.

    >>> explanation(ReadOnlyError("You can't write here."))
    StoreReadOnlyError("Profiles: the store is a replica: You can't write here.")
    """
    text = str(error)
    code = text.partition(" ")[0]
    if isinstance(error, OutOfMemoryError) or code == "OOM":
        return StoreFullError(f"Profiles: the store is full, raise its maxmemory: {text}")
    if isinstance(error, ReadOnlyError) or code == "READONLY":
        return StoreReadOnlyError(f"Profiles: the store is a replica: {text}")
    if isinstance(error, _REFUSED) or code in _REFUSAL_CODES:
        return StoreRefusedError(f"Profiles: the store refuses us: {text}")
    if "Function not found" in text:
        return StoreLostError(
            "Profiles: the store lacks our functions: it was emptied; open it again"
        )
    if isinstance(error, _AWAY) or code in _AWAY_CODES:
        return StoreUnreachableError(f"Profiles: no answer from the store: {text}")
    return StoreBrokenError(f"Profiles: unexpected answer of the store: {text}")


class Flight:
    """Commands that were sent, each with the key that routes it; `land` waits for the answers."""

    def __init__(self, client: Client, commands: Sequence[tuple[str, Command]]) -> None:
        self._client = client
        self._commands = commands
        self._connections: dict[ConnectionPool, Connection] = {}
        self._routes: list[ConnectionPool] = []
        with explained(), self._dropped_on_error():
            self._send()

    def land(self) -> list[Answer]:
        """Return the answer to each command; an error reply of the store is an answer."""
        with explained(), self._dropped_on_error():
            answers = [self._read(self._connections[pool]) for pool in self._routes]
            self._release()
            return [
                self._again(command) if isinstance(answer, _MOVED) else answer
                for (_, command), answer in zip(self._commands, answers, strict=True)
            ]

    def drop(self) -> None:
        """Give up the answers."""
        for connection in self._connections.values():
            connection.disconnect()  # type: ignore[no-untyped-call]
        self._release()

    def _send(self) -> None:
        packed: dict[ConnectionPool, list[Command]] = {}
        for key, command in self._commands:
            pool = _pool(self._client, key)
            self._routes.append(pool)
            packed.setdefault(pool, []).append(command)
        for pool, commands in packed.items():
            connection = self._connections[pool] = pool.get_connection()
            packets = connection.pack_commands(commands)  # type: ignore[no-untyped-call]
            connection.send_packed_command(packets)  # type: ignore[no-untyped-call]

    def _read(self, connection: Connection) -> Answer:
        try:
            return connection.read_response(disable_decoding=True)  # type: ignore[no-any-return]
        except _AWAY:
            raise
        except ResponseError as error:
            return error

    def _again(self, command: Command) -> Answer:
        """Send a command whose slot has moved by the client's own way, which follows it."""
        try:
            return self._client.execute_command(*command)  # type: ignore[no-any-return, no-untyped-call]
        except ResponseError as error:
            return error

    def _release(self) -> None:
        for pool, connection in self._connections.items():
            pool.release(connection)
        self._connections.clear()

    @contextmanager
    def _dropped_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            # An answer that is not read would be taken for that of the next command.
            self.drop()
            raise


def _pool(client: Client, key: str) -> ConnectionPool:
    # Asking whether it is a cluster's would take as long as packing the commands does.
    if isinstance(client, Redis):
        return client.connection_pool
    node = client.get_node_from_key(key)  # type: ignore[no-untyped-call]
    return client.get_redis_connection(node).connection_pool
