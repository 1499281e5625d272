"""What test servers can do beyond the embedded ones: die and come back."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from streams.embedded import LocalServer
from streams.processes import PortTakenError


class ServerUnavailable(RuntimeError):  # noqa: N818 - it says what the machine lacks
    """This machine lacks what a server needs; the text is one line."""


class ServerFailedError(RuntimeError):
    """A server that this machine has does not start; the text is one line."""


class RestartingServer(LocalServer):
    """A server that keeps its port and files until `stop`."""

    error = ServerFailedError

    def start(self) -> Self:
        """Start the server: on a free port, or, after `kill`, where it was."""
        if self._files is None or self._running:
            return super().start()
        try:
            self._launch(Path(self._files.name))
        except PortTakenError as problem:
            raise self.error(f"{self.name} {problem}") from None
        return self

    def kill(self) -> None:
        """End the server by SIGKILL; `start` brings it back."""
        if self._child is not None:
            self._child.kill()

    def restart(self) -> Self:
        """Stop the server in good order and start it again with its port and files."""
        if self._child is not None:
            self._child.stop(self.stop_seconds)
        return self.start()

    @property
    def _running(self) -> bool:
        return self._child is not None and self._child.running
