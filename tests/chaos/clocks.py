"""Wall clocks of a test's own for processes: each may be put forward or back while one runs.

A small library in C, preloaded, gives a process its wall clock; monotonic clocks stay as they are.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.servers.restarting import ServerUnavailable

_SOURCE: Final = Path(__file__).with_name("clock.c")
_NANOSECONDS: Final = 1_000_000_000
_BYTES: Final = 8


class WallClock:
    """The wall clock of processes that are started with its `environment`."""

    def __init__(self, library: Path, file: Path) -> None:
        self._file = file
        self._library = library
        file.write_bytes(bytes(_BYTES))

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to see this clock."""
        return {"LD_PRELOAD": str(self._library), "WALL_CLOCK_FILE": str(self._file)}

    def put(self, seconds: float) -> None:
        """Let the clock be off by so many seconds from now on, below 0 for the past."""
        off = round(seconds * _NANOSECONDS).to_bytes(_BYTES, "little", signed=True)
        with self._file.open("r+b", buffering=0) as file:  # in place: processes have it mapped
            file.write(off)


class WallClocks:
    """Makes clocks, whose files are in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = folder / "clock.so"
        _compile(self._library)

    def new(self, name: str) -> WallClock:
        """Return a clock that is right."""
        return WallClock(self._library, self._folder / f"{name}.clock")


def _compile(library: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        raise ServerUnavailable("clocks need a C compiler (apt-get install gcc libc6-dev)")
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-pthread"]
    subprocess.run([*command, "-o", library, _SOURCE], check=True)
