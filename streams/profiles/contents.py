"""The profile store's keys as a whole: whether there is anything in it, and emptying it."""

from __future__ import annotations

from collections.abc import Iterator

from scorers.profiles.wire import Client


def holds_profiles(client: Client, namespace: str) -> bool:
    """Whether there are profiles or orders; positions alone do not count."""
    return any(
        next(_keys(client, f"{{{namespace}:*}}:{part}:*"), None) is not None for part in "po"
    )


def erase(client: Client, namespace: str) -> int:
    """Remove all that the store keeps under a namespace; return the number of keys."""
    keys = list(_keys(client, f"{{{namespace}:*}}:*"))
    for key in keys:
        client.unlink(key)  # one by one: in a cluster, keys of several slots need several calls
    return len(keys)


def _keys(client: Client, pattern: str) -> Iterator[bytes]:
    """Yield the keys of a pattern. They are few, since each holds many profiles."""
    yield from client.scan_iter(match=pattern, count=1_000)
