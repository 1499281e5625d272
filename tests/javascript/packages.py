"""Installs what the tests and the examples take from npm, once, below `build/`.

`python -m tests.javascript.packages` does it ahead of the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_LISTS: Final = (
    _ROOT / "tests" / "javascript" / "package.json",
    _ROOT / "examples" / "javascript" / "package.json",
)
_SECONDS: Final = 300.0
_OPTIONS: Final = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--silent")


class NoJavaScriptError(RuntimeError):
    """Node or npm is missing, or the packages cannot be had; the text is one line."""


def run_node(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script with the packages at hand."""
    environment = {**os.environ, "NODE_PATH": str(_installed() / "node_modules")}
    command = [_program("node"), str(script), *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS
    )


def file_of(package: str, path: str) -> Path:
    """Return a file of a package."""
    return _installed() / "node_modules" / package / path


def _installed() -> Path:
    """Return the folder of the packages; other versions make another one."""
    wanted = {}
    for path in _LISTS:
        wanted.update(json.loads(path.read_text(encoding="utf-8"))["dependencies"])
    digest = sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:8]
    folder = _ROOT / "build" / f"node-{digest}"
    if not folder.is_dir():
        _fetch(folder, json.dumps({"private": True, "dependencies": wanted}))
    return folder


def _fetch(folder: Path, package: str) -> None:
    """Install beside `folder`, then move all there in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as parent:
        made = Path(parent) / "made"
        made.mkdir()
        (made / "package.json").write_text(package, encoding="utf-8")
        _install(made)
        try:
            made.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another run was faster
                raise


def _install(folder: Path) -> None:
    try:
        subprocess.run(
            [_program("npm"), "install", *_OPTIONS],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.CalledProcessError as failed:
        said = failed.stderr.strip().splitlines() or ["no reason"]
        raise NoJavaScriptError(f"npm install failed: {said[0]}") from None
    except subprocess.TimeoutExpired:
        raise NoJavaScriptError(f"npm install: not done after {_SECONDS:g} s") from None


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NoJavaScriptError(f"{name} is not installed (apt-get install nodejs npm)")
    return found


if __name__ == "__main__":
    _installed()
