"""Memory safety of what is compiled: `make sanitize RUN='--seconds 600'`.

The scanner (Cython) is built in `build/sanitized` with AddressSanitizer and the checks of undefined
behaviour, then reads what its tests have and mutated records. Python's own allocator is off, so
that a read beyond a record's end is seen. Numba's loops of the whole scorer are compiled with
their bounds checked, and run on what their tests have.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_FOLDER: Final = Path("build/sanitized").absolute()
_SOURCES: Final = ("schemas", "scorers", "streams", "tests", "bench")
_FILES: Final = ("setup.py", "pyproject.toml", "README.md", "LICENSE")
_CHECKS: Final = "-fsanitize=address,undefined"

_BUILD: Final = {"CFLAGS": f"-O1 -g -fno-omit-frame-pointer {_CHECKS}", "LDFLAGS": _CHECKS}
_STRICT: Final = {
    # CPython leaves much to the end of the process.
    "ASAN_OPTIONS": "detect_leaks=0:halt_on_error=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "PYTHONMALLOC": "malloc",
}
_BOUNDED: Final = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(_FOLDER / "numba")}

_PYTEST: Final = ("pytest", "-q", "-p", "no:cacheprovider", "-o", "timeout=0")
_SCANNING: Final = "tests/unit/scorers/scanning"
_LOOPS: Final = ("tests/unit/scorers", "--ignore", _SCANNING)


def main() -> None:
    """Build and run; ends with status 1 at the first fault."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz.sanitized", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120, help="how long records are mutated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["scanner", "loops"])
    options = parser.parse_args()
    _copy()
    if options.only != "scanner":  # first: nothing loads the scanner of below without its checks
        _run(("-m", *_PYTEST, *_LOOPS), _BOUNDED)
    if options.only != "loops":
        _run(("setup.py", "-q", "build_ext", "--inplace"), _BUILD)
        preloaded = {**_STRICT, "LD_PRELOAD": " ".join(map(_library, ("asan", "ubsan")))}
        _run(("-m", *_PYTEST, _SCANNING), preloaded)
        fuzz = ("--only", "scanner", "--seconds", str(options.seconds), "--seed", str(options.seed))
        _run(("-m", "bench.fuzz", *fuzz), preloaded)


def _copy() -> None:
    """Copy the sources, so that what is built here is used here only."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    skipped = shutil.ignore_patterns("__pycache__", "*.so", "results")
    for name in _SOURCES:
        shutil.copytree(name, _FOLDER / name, ignore=skipped)
    for name in _FILES:
        shutil.copy(name, _FOLDER / name)


def _library(name: str) -> str:
    """Return where the compiler has a library of its own."""
    asked = ["cc", f"-print-file-name=lib{name}.so"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def _run(arguments: Sequence[str], more: Mapping[str, str]) -> None:
    """Run Python on the copied sources."""
    environment = {**os.environ, **more}
    if subprocess.run(
        [sys.executable, *arguments], cwd=_FOLDER, env=environment, check=False
    ).returncode:
        raise SystemExit(f"failed: {' '.join(arguments)}")


if __name__ == "__main__":
    main()
