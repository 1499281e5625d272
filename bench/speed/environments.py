"""Environments of contestants whose libraries need other versions than ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "build" / "peers"
_INSTALL_SECONDS: Final = 300.0

REQUIREMENTS: Final = {
    "faust": ("faust-streaming==0.15.3", "cramjam==2.14.0", "river==0.26.1"),
    "quix": ("quixstreams==3.28.1", "river==0.26.1"),
    "bytewax": ("bytewax==0.21.1", "confluent-kafka==2.16.1", "river==0.26.1"),
}


class NotInstalledError(RuntimeError):
    """A contestant's libraries cannot be installed; the text is one line."""


def python_of(environment: str) -> Path:
    """Return the interpreter of an environment, made if need be; ours if it needs none.

    Raises `NotInstalledError`.
    """
    if environment not in REQUIREMENTS:
        return Path(sys.executable)
    folder = FOLDER / environment
    wanted = "\n".join(REQUIREMENTS[environment])
    ready = folder / ".ready"
    if not ready.exists() or ready.read_text() != wanted:
        _make(folder, REQUIREMENTS[environment])
        ready.write_text(wanted)
    return folder / "bin" / "python"


def _make(folder: Path, requirements: tuple[str, ...]) -> None:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq"]
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    _run([*pip, "--disable-pip-version-check", "--prefer-binary", *requirements])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"not installed after {_INSTALL_SECONDS:g} s") from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise NotInstalledError(said[-1])
