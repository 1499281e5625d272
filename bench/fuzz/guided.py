"""Fuzz guided by coverage (atheris, libFuzzer): `make guided RUN='--seconds 600'`.

Each target runs in a process of its own, with what it reads instrumented and compiled loops run as
plain Python, so that their branches count too. What was found to reach new lines is kept in
`build/fuzz`, and is where the next run begins. An input that breaks a promise ends it; libFuzzer
leaves it as `crash-...` in that folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

_TARGETS: Final = ("decode", "features", "rules", "text")
_FOLDER: Final = Path("build/fuzz")


def main() -> None:
    """Run the targets one after the other, for an equal part of the time."""
    options = _options()
    failed = [one for one in options.targets if not _ran(one, options)]
    if failed:
        raise SystemExit(f"broken: {', '.join(failed)}")


def _ran(target: str, options: argparse.Namespace) -> bool:
    corpus = _FOLDER / target
    corpus.mkdir(parents=True, exist_ok=True)
    seconds = options.seconds // len(options.targets)
    limits = [f"-max_total_time={seconds}", f"-seed={options.seed}", "-rss_limit_mb=4096"]
    kept = ["-timeout=20", "-max_len=4096", "-verbosity=0", f"-artifact_prefix={corpus}/"]
    arguments = [*limits, *kept, "-print_final_stats=1", str(corpus)]
    command = [sys.executable, "-m", "bench.fuzz.targets", target, *arguments]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}
    return subprocess.run(command, env=environment, check=False).returncode == 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz.guided", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--targets", nargs="+", choices=_TARGETS, default=list(_TARGETS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
