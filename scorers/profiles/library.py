"""The functions that run in the store, and their loading."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final

from redis.cluster import RedisCluster
from redis.exceptions import ResponseError

from scorers.profiles.wire import Client, explained

_PARTS: Final = ("guard.lua", "records.lua", "functions.lua")
_VERSION: Final = "@VERSION@"


@cache
def _library() -> tuple[str, str]:
    """Return the version, which is a hash of the source, and the source with it filled in."""
    source = "".join(files("scorers.profiles").joinpath(part).read_text() for part in _PARTS)
    version = blake2b(source.encode(), digest_size=6).hexdigest()
    return version, source.replace(_VERSION, version)


def function(name: str) -> str:
    """Return the name of a function in the store, which has the library's version in it.

    Workers of two releases can so use one store while one replaces the other.
    """
    return f"greenlane_{name}_{_library()[0]}"


def load(client: Client) -> None:
    """Load the functions into every primary that does not have them.

    Which those are is asked anew: that may be why the store is opened again.
    """
    with explained():
        if isinstance(client, RedisCluster):
            client.nodes_manager.initialize()
        for node in _primaries(client):
            try:
                node.function_load(_library()[1])
            except ResponseError as error:
                if "already exists" not in str(error):
                    raise


def _primaries(client: Client) -> list[Client]:
    if isinstance(client, RedisCluster):
        nodes = client.get_primaries()  # type: ignore[no-untyped-call]
        return [client.get_redis_connection(node) for node in nodes]
    return [client]
