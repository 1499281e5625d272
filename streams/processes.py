"""Server processes on loopback that never outlive the program that started them (Linux)."""

from __future__ import annotations

import functools
import os
import random
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, Final

from streams.clock import monotonic, pause

LOOPBACK: Final = "127.0.0.1"

_PORTS: Final = range(15_000, 32_768)
"""Below Linux's ephemeral range: a client that keeps trying a killed server's port cannot be
given that very port as its own end, connect to itself, and keep the server from coming back."""

_LOG_READ_BYTES: Final = 16_384
_POLL_SECONDS: Final = 0.01
_ADDRESS_TAKEN: Final = re.compile(r"address (already )?in use", re.IGNORECASE)
_FRAME: Final = re.compile(r"\s+(at |\.\.\. \d+ more)")
_ANSI_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")

# Runs in the child and becomes the server under the same process id. A hook between fork and
# exec would do the same in less time, but may deadlock when other threads hold locks.
_LAUNCHER: Final = """\
import ctypes, os, signal, sys
PR_SET_PDEATHSIG = 1
if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
    sys.exit("prctl(PR_SET_PDEATHSIG) failed")
if os.getppid() != int(sys.argv[1]):
    sys.exit("the parent is gone")
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"cannot run {sys.argv[2]}: {error.strerror}")
"""

_Process = subprocess.Popen[bytes]
_Request = tuple[Future[_Process], Callable[[], _Process]]


class NotReadyError(RuntimeError):
    """A process did not get ready; the text is one line and ends with its last words."""


class PortTakenError(RuntimeError):
    """A process found its port taken."""


@functools.cache
def _spawner(_process_id: int) -> SimpleQueue[_Request]:
    """Return the queue of the thread that forks this process's children.

    Linux signals the parent's death when the *thread* that forked ends. This one lasts as long as
    the process, so a server may be started in a thread that does not. A forked process has
    another id, and gets a thread of its own.
    """
    requests: SimpleQueue[_Request] = SimpleQueue()
    name = "greenlane-spawner"
    threading.Thread(target=_serve, args=(requests,), name=name, daemon=True).start()
    return requests


def _serve(requests: SimpleQueue[_Request]) -> None:
    while True:
        _fulfil(*requests.get())


def _fulfil(future: Future[_Process], spawn: Callable[[], _Process]) -> None:
    try:
        future.set_result(spawn())
    except (OSError, ValueError) as error:
        future.set_exception(error)


def free_port() -> int:
    """Return a loopback port that nothing listens on right now."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        return port


class ChildProcess:
    """A child whose output goes to a file and that dies with this process, even by SIGKILL.

    It has its own process group, so Ctrl-C reaches only this process, which then stops it in
    good order. It can be started again after it ended.
    """

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = [*command]
        self._log = log
        self._log_start = 0
        self._environment = environment
        self._process: _Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or None before the first start."""
        return None if self._process is None else self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit status (negative: the signal), or None while there is none."""
        return None if self._process is None else self._process.poll()

    @property
    def running(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; its log continues the file of the start before."""
        if self.running:
            raise RuntimeError(f"{self._command[0]} is already running as process {self.pid}")
        with self._log.open("ab") as log:
            self._log_start = log.tell()
            self._process = self._spawn(log).result()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when `ready()`; raise when the process ends or `seconds` pass.

        The error is `PortTakenError` if the log says so, else `NotReadyError`.
        """
        deadline = monotonic() + seconds
        while not ready():
            if not self.running:
                raise self._not_ready("ended before it answered")
            if monotonic() > deadline:
                raise self._not_ready(f"did not answer within {seconds:g} s")
            pause(_POLL_SECONDS)

    def stop(self, grace_seconds: float = 10.0) -> None:
        """Ask the process to end, and kill it if it has not within `grace_seconds`."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process by SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def log_tail(self, lines: int = 4) -> str:
        """Return the last lines written since the last start, joined into one."""
        return " | ".join(self._said()[-lines:])

    def _said(self) -> list[str]:
        """Return what was written since the last start, without colours and stack frames."""
        with self._log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, end - _LOG_READ_BYTES))
            lines = _ANSI_COLOUR.sub("", log.read().decode(errors="replace")).splitlines()
        return [line.strip() for line in lines if line.strip() and not _FRAME.match(line)]

    def _spawn(self, log: BinaryIO) -> Future[_Process]:
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid())]
        future: Future[_Process] = Future()

        def spawn() -> _Process:
            return subprocess.Popen(
                [*launcher, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                process_group=0,
            )

        _spawner(os.getpid()).put((future, spawn))
        return future

    def _not_ready(self, problem: str) -> NotReadyError | PortTakenError:
        taken = any(_ADDRESS_TAKEN.search(line) for line in self._said())
        kind = PortTakenError if taken else NotReadyError
        return kind(f"{problem}; its log ends: {self.log_tail() or '(empty)'}")
