"""Compiling ahead where nobody has done so: a demo should not begin with a minute of silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

_MARK: Final = "warmed"


def warm_up_once(say: Callable[[str], None]) -> None:
    """Compile all loops unless this machine has done so with this version; tell it before."""
    from scorers.compiled import compiled_code

    once(compiled_code(), _warm_up, say)


def once(folder: Path | None, warm_up: Callable[[], None], say: Callable[[str], None]) -> None:
    """Warm up unless a mark in `folder` says that it was done; None keeps nothing."""
    if folder is None or (folder / _MARK).exists():
        return
    say("Compiling the inner loops, once on this machine; it takes about a minute.")
    warm_up()
    (folder / _MARK).touch()


def _warm_up() -> None:
    from streams.warming import warm_up

    warm_up()


if __name__ == "__main__":
    warm_up_once(print)
