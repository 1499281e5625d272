"""Builds sdist and wheel, and tries them as a new user would: `python -m tests.packaging`.

The wheel is what pip makes of the sdist when somebody installs that: so one try, in an environment
of its own and away from the checkout, is of both. A file that the sdist lacks is missed here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from zipfile import ZipFile

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "build" / "dist"
_CONSTRAINTS: Final = ["-c", str(ROOT / "constraints.txt")]
_MADE: Final = shutil.ignore_patterns(".*", "build", "*.egg-info", "*.so", "__pycache__")
_DEMO: Final = ["demo", "--duration", "10", "--rate", "200"]


def main() -> None:
    """Build both and try them."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    clean = FOLDER / "try"
    with ThreadPoolExecutor() as pool:
        building, preparing = pool.submit(_build), pool.submit(_prepare, clean)
        wheel = building.result()
        preparing.result()
    _try(wheel, clean)
    sys.stdout.write(f"{wheel.name}, made of the sdist: installed, and the demo ran\n")


def _build() -> Path:
    # Of a copy: a build writes into its sources, and tests may read them meanwhile.
    source = FOLDER / "source"
    shutil.copytree(ROOT, source, ignore=_MADE)
    _run([sys.executable, "-m", "build", "--sdist", "--outdir", str(FOLDER), str(source)])
    (sdist,) = FOLDER.glob("*.tar.gz")
    _run([*_pip(sys.executable), "wheel", "--no-deps", "-w", str(FOLDER), str(sdist)])
    (wheel,) = FOLDER.glob("*.whl")
    if not any(name.endswith(".so") for name in ZipFile(wheel).namelist()):
        sys.exit(f"{wheel.name}: expected what is compiled ahead of time, got none of it")
    return wheel


def _prepare(folder: Path) -> None:
    """Make the environment, and have there already what the wheel will ask for."""
    venv.create(folder, with_pip=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["embedded"]]
    _run([*_pip(str(folder / "bin" / "python")), "install", *_CONSTRAINTS, *wanted])


def _try(wheel: Path, folder: Path) -> None:
    python = str(folder / "bin" / "python")
    _run([*_pip(python), "install", *_CONSTRAINTS, f"{wheel}[embedded]"])
    greenlane = str(folder / "bin" / "greenlane")
    _run([greenlane, "schema", "asyncapi"], folder)
    _run([greenlane, "schema", "manifest", "--format", "protobuf"], folder)
    said = _run([greenlane, *_DEMO], folder)
    if "lost 0, twice 0" not in said:
        sys.exit(f"the demo of {wheel.name} ended with:\n{said}")


def _pip(python: str) -> list[str]:
    return [python, "-m", "pip", "--disable-pip-version-check", "-q"]


def _run(command: list[str], folder: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
