"""Loops over arrays, compiled to machine code (Numba) when they are first called."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from platformdirs import user_cache_path

from scorers.hiding import hidden

# Numba loads these if it can, for what no loop of ours does: 20 MB, and a fifth of a start.
with hidden("scipy", "coverage", "cffi"):
    from numba import config, njit

    for _part in ("numba.np.arraymath", "numba.core.typing.cffi_utils"):
        import_module(_part)

Function = TypeVar("Function", bound=Callable[..., Any])

_DIGEST: Final = 12
_LOCATORS: Final = "scorers.kept_code.VersionLocator,UserProvidedCacheLocator"


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers, once for each machine: the code is kept on disk.

    Floats are computed as Python does: nothing is reordered or fused, so that results are the same
    bit for bit wherever they are computed. Others may run meanwhile (the GIL is let go).
    """
    return cast("Function", njit(cache=_kept, nogil=True, error_model="numpy")(function))


def compiled_code() -> Path | None:
    """Return the folder where this version's compiled code is kept, None if it is not kept."""
    return Path(config.CACHE_DIR) if _kept else None  # type: ignore[attr-defined]


def _version() -> str:
    """Return a digest of our sources: code is compiled anew when a function that it calls changes.

    Numba itself looks at a function's own file only.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        source = path.read_bytes()
        if b"compiled" in source:
            digest.update(source)
    return digest.hexdigest()[:_DIGEST]


def _keep() -> bool:
    """Choose where compiled code is kept; return whether there is a place at all."""
    config.CACHE_LOCATOR_CLASSES = _LOCATORS  # type: ignore[attr-defined]
    if config.CACHE_DIR:  # type: ignore[attr-defined]
        return True
    temporary = Path(os.environ.get("TMPDIR", "/tmp"))
    for root in (user_cache_path("greenlane"), temporary / f"greenlane-{os.getuid()}"):
        folder = root / _version()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
            return True
    return False


_kept: Final = _keep()
