"""A way to a broker on which a request can come late, from a connection that its client gave up."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, NamedTuple

from tests.servers.proxy import Proxy, Side

PRODUCE: Final = 0
END_TRANSACTION: Final = 26
OFFSETS_OF_TRANSACTION: Final = 28
"""Kinds of requests, as Kafka's protocol numbers them."""

_SIZE_BYTES: Final = 4
_KIND_BYTES: Final = 2


class _Held(NamedTuple):
    request: bytes
    server: Side


class LateProxy(Proxy):
    """A proxy to a broker, which passes requests on one by one."""

    def __init__(self) -> None:
        super().__init__()
        self._kind: int | None = None
        self._held: _Held | None = None

    def hold(self, kind: int) -> None:
        """Keep the next request of a kind, and end its client's connection."""
        self._kind = kind

    def deliver(self) -> bool:
        """Pass on what was kept, on its own connection; return whether it was answered.

        It is not if nothing was kept yet, or if that connection has gone.
        """
        return self._run(self._deliver())

    async def _deliver(self) -> bool:
        held, self._held = self._held, None
        if held is None:
            return False
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            held.server.writer.write(held.request)
            await _read(held.server.reader)
            held.server.writer.close()
            return True
        return False

    async def _serve(self, client: Side, server: Side) -> None:
        answers = asyncio.create_task(self._pass(server.reader, client.writer))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                request = await _read(client.reader)
                if _kind(request) == self._kind:
                    answers.cancel()
                    client.writer.transport.abort()
                    self._kind, self._held = None, _Held(request, server)
                    return
                await self._pass_on(request, server.writer)
        server.writer.close()
        await answers


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Return the next request or answer, with its size before it."""
    size = await reader.readexactly(_SIZE_BYTES)
    return size + await reader.readexactly(int.from_bytes(size))


def _kind(request: bytes) -> int:
    return int.from_bytes(request[_SIZE_BYTES : _SIZE_BYTES + _KIND_BYTES])
