"""A TCP proxy on loopback that cuts, stalls and delays connections, and changes where they go."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, Final, NamedTuple, Self, TypeVar

from streams.processes import LOOPBACK, free_port

_CHUNK: Final = 64 * 1024

Result = TypeVar("Result")


class Side(NamedTuple):
    """One of the two who talk over a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Proxy:
    """Passes bytes on to `target`, a host and port, from a thread of its own."""

    def __init__(self) -> None:
        self.target = ""
        self.delay_seconds = 0.0
        self._port = free_port()
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"{LOOPBACK}:{self._port}"

    def start(self) -> Self:
        """Listen, if it does not yet."""
        if self._server is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
            self._thread.start()
            self._run(self._listen())
        return self

    def stop(self) -> None:
        """End all connections and listen no more."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """End all connections, and take no others until `mend`."""
        self._is_cut = True
        self._run(self._end_all())

    def mend(self) -> None:
        """Take connections again."""
        self._is_cut = False

    def stall(self) -> None:
        """Pass nothing on, with all connections open, until `flow`."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self) -> None:
        """Pass on again, first what has been held back on connections that are still open."""
        self._loop.call_soon_threadsafe(self._flows.set)

    def move(self, target: str) -> None:
        """End all connections; the next ones go elsewhere."""
        self.cut()
        self.target = target
        self.mend()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, LOOPBACK, self._port)

    async def _end_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        host, port = self.target.split(":")
        try:
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        await self._serve(Side(reader, writer), Side(far_reader, far_writer))
        self._open -= {writer, far_writer}

    async def _serve(self, client: Side, server: Side) -> None:
        """Pass on what comes from both sides until they end."""
        both = self._pass(client.reader, server.writer), self._pass(server.reader, client.writer)
        await asyncio.gather(*both)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                await self._pass_on(chunk, writer)
        writer.close()

    async def _pass_on(self, chunk: bytes, writer: asyncio.StreamWriter) -> None:
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        await self._flows.wait()
        writer.write(chunk)
        await writer.drain()
