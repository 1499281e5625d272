"""A session on this machine: embedded broker and store, and our processes beside them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from schemas.errors import UserError
from streams.embedded import EmbeddedBroker, EmbeddedStore
from streams.kafka.clients import admin_client
from streams.kafka.topics import create_topics
from streams.processes import ChildProcess
from streams.settings import Settings, environment_of, load_settings

EMBEDDED_SETTINGS: Final = {
    # The embedded broker lets the first member wait half of this, and does not long-poll.
    "kafka.session_timeout_ms": "2000",
    "kafka.heartbeat_interval_ms": "200",
    "kafka.fetch_wait_max_ms": "20",
}


class SessionError(UserError, RuntimeError):
    """One of the session's processes ended or made no progress."""


class EmbeddedSession:
    """Servers and processes for as long as the `with` block lasts; nothing outlives it."""

    def __init__(
        self,
        overrides: Mapping[str, str],
        broker: EmbeddedBroker | None = None,
        store: EmbeddedStore | None = None,
    ) -> None:
        self._overrides = {**EMBEDDED_SETTINGS, **overrides}
        load_settings(self._overrides)  # refuse wrong settings before anything is started
        self._broker = broker or EmbeddedBroker()
        self._store = store or EmbeddedStore()
        self._children: dict[str, ChildProcess] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="greenlane-")
        self.settings: Settings

    def __enter__(self) -> Self:
        try:
            self._broker.start()
            self._store.start()
            self._overrides |= {
                "kafka.bootstrap_servers": self._broker.bootstrap_servers,
                "store.url": self._store.url,
            }
            self.settings = load_settings(self._overrides)
            create_topics(admin_client(self.settings.kafka), self.settings.topics)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def spawn(self, *command: str, settings: Mapping[str, str] | None = None) -> ChildProcess:
        """Start one of our commands with the session's settings, and some for it alone."""
        child = ChildProcess(
            [sys.executable, "-m", "streams.cli", *command],
            Path(self._folder.name) / f"{command[0]}.log",
            environment_of({**self._overrides, **(settings or {})}),
        )
        child.start()
        self._children[command[0]] = child
        return child

    def forget(self, child: ChildProcess) -> None:
        """Expect no more of a process that was stopped on purpose."""
        self._children = {name: one for name, one in self._children.items() if one is not child}

    def server_pids(self) -> dict[str, int]:
        """Return the process ids of broker and store, for whoever measures them."""
        pids = {"broker": self._broker.pid, "store": self._store.pid}
        return {name: pid for name, pid in pids.items() if pid is not None}

    def check(self) -> None:
        """Raise `SessionError` if one of our processes has ended."""
        for name, child in self._children.items():
            if not child.running:
                raise SessionError(f"{name} ended with {child.returncode}: {child.log_tail()}")

    def _stop(self) -> None:
        for child in reversed(self._children.values()):
            child.stop()
        self._store.stop()
        self._broker.stop()
        self._folder.cleanup()
