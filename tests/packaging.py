"""Builds wheel and sdist, and tries each as a new user would: `python -m tests.packaging`.

In an environment of its own, away from the checkout: install, `greenlane demo`, `greenlane schema`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "build" / "dist"
KINDS: Final = {"wheel": "*.whl", "sdist": "*.tar.gz"}
_DEMO: Final = ["demo", "--duration", "25", "--rate", "200"]


def main(kinds: list[str]) -> None:
    """Build both, and try those of `kinds`, all if none is named."""
    unknown = set(kinds) - KINDS.keys()
    if unknown:
        sys.exit(f"expected {' or '.join(KINDS)}, got {', '.join(unknown)}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    # The wheel is built from the sdist, so a file that the sdist lacks is missed here.
    _run([sys.executable, "-m", "build", "--outdir", str(FOLDER), str(ROOT)])
    for kind in kinds or KINDS:
        (archive,) = FOLDER.glob(KINDS[kind])
        _try(archive, FOLDER / f"try-{kind}")
        sys.stdout.write(f"{archive.name}: installed, and the demo ran\n")


def _try(archive: Path, folder: Path) -> None:
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "-q", "install"]
    _run([*pip, "-c", str(ROOT / "constraints.txt"), f"{archive}[embedded]"])
    greenlane = str(folder / "bin" / "greenlane")
    _run([greenlane, "schema", "asyncapi"], folder)
    _run([greenlane, "schema", "manifest", "--format", "protobuf"], folder)
    said = _run([greenlane, *_DEMO], folder)
    if "lost 0, twice 0" not in said:
        sys.exit(f"the demo of {archive.name} ended with:\n{said}")


def _run(command: list[str], folder: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
