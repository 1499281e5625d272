"""A page as people see it, in headless Chromium."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.servers.restarting import ServerUnavailable

_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SECONDS: Final = 60
_DRAWN_MS: Final = 8_000
_LEAST_BYTES: Final = 10_000


def shown(url: str, folder: Path) -> str:
    """Return the text of a page once it has drawn itself; a screenshot goes to `folder`."""
    picture = folder / "page.png"
    _run(url, folder, f"--screenshot={picture}", "--window-size=1400,1000")
    assert picture.stat().st_size > _LEAST_BYTES
    return _run(url, folder, "--dump-dom")


def _run(url: str, folder: Path, *options: str) -> str:
    program = shutil.which("chromium")
    if program is None:
        raise ServerUnavailable("the page needs Chromium (apt-get install chromium)")
    profile = f"--user-data-dir={folder / 'profile'}"
    budget = f"--virtual-time-budget={_DRAWN_MS}"
    command = [program, *_OPTIONS, profile, budget, *options, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    return done.stdout
