"""Goes a new user's way, in a fresh clone with only Python and a shell: `python -m tests.fresh`.

README's first command, then what the pages say from the start page on: the platform's and the
clearance system's examples, a rule, a budget, a model rolled back. README's other command, `make
test`, is what CI runs. Of this environment only the search path is passed on, and what says where
packages come from.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
STEPS: Final = (
    ("make demo DURATION=20 RATE=500", "lost 0, twice 0"),
    ("make setup && source .venv/bin/activate && greenlane --help", "sandbox"),
    (".venv/bin/pytest -q tests/integration/test_documents.py", "1 passed"),
)


def main() -> None:
    """Take each step, and say how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "greenlane"
        home = Path(folder) / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for command, expected in STEPS:
            _take(command, expected, clone, _environment(home))


def _environment(home: Path) -> dict[str, str]:
    network = ("PIP_", "HTTP", "http", "NO_PROXY", "no_proxy", "SSL_", "REQUESTS_")
    passed = {name: value for name, value in os.environ.items() if name.startswith(network)}
    return {**passed, "HOME": str(home), "PATH": _path(), "TERM": "dumb"}


def _path() -> str:
    """Return the search path without this environment's own programs."""
    own = str(Path(sys.prefix) / "bin")
    parts = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(part for part in parts if part != own)


def _take(command: str, expected: str, folder: Path, environment: dict[str, str]) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0 or expected not in done.stdout:
        sys.exit(f"{command}: expected {expected!r}, got\n{done.stdout}")
    sys.stdout.write(f"{command}: {time.monotonic() - begun:.0f} s\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
