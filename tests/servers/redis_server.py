"""Redis from the operating system's package."""

from __future__ import annotations

import shutil
from pathlib import Path

from streams.embedded import StoreServer
from tests.servers.restarting import RestartingServer, ServerUnavailable


class RedisServer(RestartingServer, StoreServer):
    """Redis in memory: after `kill` or `restart` it is empty."""

    name = "redis-server"

    def __init__(self, password: str | None = None, maxmemory: str | None = None) -> None:
        super().__init__()
        self._password = password
        self._maxmemory = maxmemory

    @property
    def url(self) -> str:
        """The URL for Redis clients, with the password if there is one."""
        login = f":{self._password}@" if self._password else ""
        return f"redis://{login}{self.address}/0"

    def _command(self, directory: Path, /) -> list[str]:
        options = {"--requirepass": self._password, "--maxmemory": self._maxmemory}
        given = [text for name, value in options.items() if value for text in (name, value)]
        return [*super()._command(directory), *given]

    def _program(self) -> str:
        program = shutil.which("redis-server")
        if program is None:
            raise ServerUnavailable("redis-server is not installed (apt-get install redis-server)")
        return program
