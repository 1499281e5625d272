"""Processes of a former version, from a working tree of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from streams.processes import ChildProcess
from streams.settings import environment_of
from tests.pipeline import Pipeline

_HERE: Final = Path(__file__).parents[2]


@contextmanager
def working_tree(commit: str, folder: Path) -> Iterator[Path]:
    """Check a commit out beside this one for as long as the block lasts, with compiled loops."""
    tree = folder / "former"
    _git("worktree", "add", "--detach", "--force", str(tree), commit)
    try:
        environment = environment_of({}) | {"PYTHONPATH": str(tree)}
        subprocess.run([*_python(), "streams.warmed"], env=environment, check=True)
        yield tree
    finally:
        _git("worktree", "remove", "--force", str(tree))


def spawn_former(
    pipeline: Pipeline, tree: Path, command: str, settings: dict[str, str]
) -> ChildProcess:
    """Start a command of the version in a tree on a pipeline."""
    overrides = {**pipeline.overrides, **settings}
    name = f"former-{command}-{settings.get('worker.instance', '0')}.log"
    environment = environment_of(overrides) | {"PYTHONPATH": str(tree)}
    child = ChildProcess([*_python(), "streams.cli", command], tree.parent / name, environment)
    child.start()
    pipeline.children.append(child)
    return child


def _python() -> list[str]:
    # Safe-path mode: else the folder that we run in would come before the tree.
    return [sys.executable, "-P", "-m"]


def _git(*words: str) -> None:
    subprocess.run(["git", "-C", str(_HERE), *words], check=True, capture_output=True)
