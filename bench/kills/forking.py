"""Learners forked from a process that has imported all there is to import.

Imports take seconds of a core in which a kill finds nothing to disturb. The learner itself starts
as always: it connects, recovers its model, and waits for the session of the one before to end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final, NoReturn

from streams.services import serve_learner

_COMMAND: Final = (sys.executable, "-m", "bench.kills.forking")


class ForkedLearner:
    """A learner that can be started and killed at once; it ends with this process."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as errors:
            self._forker = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                text=True,
            )
        self._pid = 0
        self.start()

    def start(self) -> None:
        """Start a learner, once the one before has ended."""
        stdin, stdout = _pipes(self._forker)
        print("start", file=stdin, flush=True)
        self._pid = int(stdout.readline())

    def kill(self) -> None:
        """End the learner by SIGKILL."""
        os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """End all."""
        self._forker.communicate()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("expected a process with pipes")
    return process.stdin, process.stdout


def main() -> None:
    """Fork a learner for each line that comes in, and say its process id; kill the last one."""
    pid = 0
    for _ in sys.stdin:
        if pid:
            os.waitpid(pid, 0)
        pid = os.fork()
        if not pid:
            _serve()
        print(pid, flush=True)
    if pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _serve() -> NoReturn:
    """Be a learner that has the pipes no more."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, sys.stdin.fileno())
    os.dup2(null, sys.stdout.fileno())
    serve_learner()
    sys.exit()


if __name__ == "__main__":
    main()
